"""From facts to findings, with facts made by hand."""

from __future__ import annotations

import pytest
from handmade import TextSource, call, comment, evaluation, facts

from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Why
from paramlint.model.facts import Evaluation, FileFacts, Problem, Refusal
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.prm101_layer_over_budget import LayerOverBudget, budget_for
from paramlint.rules.run import diagnose, internal_error
from paramlint.rules.selection import Selection

SMALL = Budgets(max_layer_params=1_000)
LINEAR = "nn.Linear(100, 100)"


def over(text=f"fc = {LINEAR}  # a comment", *ways):
    source = TextSource(text)
    return source, call(source, LINEAR, *(ways or (evaluation((100, 100), (100,)),)))


def test_a_finding_has_what_where_why_and_the_way_out():
    source, layer = over()
    finding, = diagnose(facts(source, layer), SMALL)
    assert (finding.path, tuple(finding.span), finding.code, finding.name) == ("net.py", (1, 6, 1, 25), "PRM101", "layer-over-budget")
    assert finding.message == "`nn.Linear(100, 100)` has 10,100 parameters, 9,100 more than its budget of 1,000"
    assert finding.detail == "100·100 + 100 = 10,100"
    assert "max-layer-params" in finding.help
    assert '"torch.nn.Linear"' in finding.help


def test_the_largest_way_counts_and_is_named():
    source, layer = over(f"fc = {LINEAR}", evaluation((10, 10), way=("Net(10)",)), evaluation((100, 100), way=("Net(100)", "stage(100)")))
    finding, = diagnose(facts(source, layer), SMALL)
    assert "10,000 parameters" in finding.message
    assert finding.message.endswith("(by way of Net(100) → stage(100))")


def test_formulas_and_refused_calls_are_no_alarm_for_budgets():
    width = Formula.free("width")
    source, layer = over(f"fc = {LINEAR}", evaluation((width, width)))
    assert diagnose(facts(source, layer), SMALL) == ()
    source, layer = over(f"fc = {LINEAR}", evaluation((100, 100), refusal=Refusal("shape", "no")))
    assert diagnose(facts(source, layer), SMALL) == ()


def test_a_bound_above_the_budget_is_over_it():
    bound = Count(5_000, True, (Reason(Why.LOOP, "loop"),))
    source, layer = over(f"fc = {LINEAR}", Evaluation((), bound, bound, Count()))
    finding, = diagnose(facts(source, layer), SMALL)
    assert "has at least 5,000 parameters" in finding.message


@pytest.mark.parametrize(("name", "budget"), [
    ("torch.nn.Linear", 1), ("torch.nn.Conv2d", 2), ("torch.nn.LSTM", 3), ("keras.layers.Dense", 4), ("paddle.nn.Linear", 9),
    ("torch.nn.ConvTranspose2d", None),
])
def test_the_most_specific_budget_wins(name, budget):
    by_type = {"torch.*": 3, "torch.nn.Linear": 1, "torch.nn.Conv*": 2, "*.Dense": 4, "torch.nn.ConvTranspose*": None}
    assert budget_for(name, 9, by_type)[1] == budget


@pytest.mark.parametrize(("text", "codes", "marker"), [
    ("# noqa", (), "noqa"), ("# noqa: PRM101", ("PRM101",), "noqa"), ("# noqa: prm1", ("prm1",), "noqa"),
    ("# paramlint: ignore", (), "paramlint"), ("# paramlint: ignore[PRM101]", ("PRM101",), "paramlint"),
])
def test_comments_silence(text, codes, marker):
    source, layer = over(f"fc = {LINEAR}  {text}")
    assert diagnose(facts(source, layer, suppressions=(comment(source, text, *codes, marker=marker),)), SMALL) == ()


def test_flake8_reads_noqa_itself():
    source, layer = over(f"fc = {LINEAR}  # noqa: PRM101\n# noqa: PRM201")
    both = facts(source, layer, suppressions=(comment(source, "# noqa: PRM101", "PRM101"), comment(source, "# noqa: PRM201", "PRM201")))
    assert [finding.code for finding in diagnose(both, SMALL, suppress=False)] == ["PRM101"]
    own = facts(source, layer, suppressions=(comment(source, "# noqa: PRM101", marker="paramlint"),))
    assert diagnose(own, SMALL, suppress=False) == ()


def test_unused_comments_are_judged_only_where_all_was_read_and_the_rule_runs():
    source = TextSource("x = 1  # noqa: PRM101")
    unused = comment(source, "# noqa: PRM101", "PRM101")
    assert [finding.code for finding in diagnose(facts(source, suppressions=(unused,)))] == ["PRM002"]
    assert diagnose(facts(source, suppressions=(unused,)), selection=Selection(ignore=("PRM101",))) == ()
    unread = FileFacts("net.py", source, problems=(Problem("unexpected indent"),), suppressions=(unused,))
    assert [finding.code for finding in diagnose(unread)] == ["PRM001"]


def test_a_broken_rule_becomes_an_internal_error_and_hides_no_other(monkeypatch):
    def broken(self, facts, budgets):
        raise KeyError("oops")
        yield

    source = TextSource(f"a = {LINEAR}\nb = nn.Conv2d(1, 2, 3, groups=5)")
    refused = call(source, "nn.Conv2d(1, 2, 3, groups=5)", evaluation(refusal=Refusal("arguments", "no")), name="torch.nn.Conv2d")
    everything = facts(source, call(source, LINEAR, evaluation((100, 100))), refused)
    monkeypatch.setattr(LayerOverBudget, "check", broken)
    found = diagnose(everything, SMALL)
    assert [finding.code for finding in found] == ["PRM000", "PRM201"]
    assert "PRM101 (layer-over-budget): KeyError: 'oops'" in found[0].message
    assert diagnose(everything, SMALL, Selection(ignore=("PRM000",)))[0].code == "PRM201"


def test_problems_are_findings_that_no_comment_silences():
    source = TextSource("x = (  # noqa")
    problems = (Problem("'(' was never closed", 1, 5), Problem("cannot decode", kind="encoding"), Problem("TypeError: no", kind="internal"))
    found = diagnose(FileFacts("net.py", source, problems=problems, suppressions=(comment(source, "# noqa"),)))
    assert sorted(finding.code for finding in found) == ["PRM000", "PRM001", "PRM001"]
    assert "Syntax error: '(' was never closed" in {finding.message for finding in found}
    assert all(finding.help for finding in found)


def test_an_internal_error_of_the_front_door():
    finding = internal_error("net.py", ValueError("odd"))
    assert (finding.code, finding.path, finding.message) == ("PRM000", "net.py", "Internal error in reading this file: ValueError: odd")


def test_refusals_by_kind_and_the_number_of_ways():
    source = TextSource("a = nn.Linear(4 / 2, 3)")
    halves = [evaluation(refusal=Refusal("integer", f"in_features is {n}", "use //"), way=(f"Net({n})",)) for n in (2.0, 3.0)]
    finding, = diagnose(facts(source, call(source, "nn.Linear(4 / 2, 3)", *halves)))
    assert finding.code == "PRM203"
    assert finding.message == "`nn.Linear(4 / 2, 3)`: in_features is 2.0; the same call is refused in 1 more way"
    assert (finding.help, finding.detail) == ("Use //", "By way of Net(2.0)")


def test_calls_without_a_count_are_named_with_their_reason_on_request():
    source = TextSource("a = nn.Linear(n, 3)")
    unknown = facts(source, call(source, "nn.Linear(n, 3)", reason=Reason(Why.EFFECT, "n is read from a file")))
    assert diagnose(unknown) == ()
    finding, = diagnose(unknown, selection=Selection(extend_select=("PRM901",)))
    assert finding.message == "`nn.Linear(n, 3)` could not be evaluated: n is read from a file"
    assert finding.help
    known = facts(source, call(source, "nn.Linear(n, 3)", evaluation((3, Formula.free("n")))))
    assert diagnose(known, selection=Selection(extend_select=("PRM901",))) == ()


def test_long_calls_are_shown_short_and_braces_do_no_harm():
    text = "nn.Linear(\n    {1: 2}[1],  # a brace {\n    " + "0 + " * 40 + "1,\n)"
    source = TextSource(f"a = {text}")
    finding, = diagnose(facts(source, call(source, text, evaluation((100, 100)))), SMALL)
    assert finding.message.startswith("`nn.Linear(…)` has")
    assert finding.span.end_line == 4
    source = TextSource("a = nn.Linear(\n    {1: 2}[1],  # {x}\n    2,\n)")
    finding, = diagnose(facts(source, call(source, source.text_[4:], evaluation((100, 100)))), SMALL)
    assert finding.message.startswith("`nn.Linear({1: 2}[1], 2)` has")


def test_rules_say_nothing_by_themselves():
    plain = type("Plain", (Rule,), {"code": "PRM199", "name": "plain", "message": "text"})()
    assert list(plain.check(FileFacts("net.py", None), Budgets())) == []
