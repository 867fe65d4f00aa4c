"""``parse_args`` and its sisters.

Texts that the code itself gives are read by Python's own argparse, which only records which option gets which texts: what an option does
with them is done here. Without texts nothing stands on the command line, which is an assumption that the answer names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import texts as text_of
from paramlint.interpreter.natives import Table, abstract
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    import argparse

    from paramlint.interpreter.machine import Interpreter

PARSING = Table()
_SUPPRESS = "==SUPPRESS=="


class _Left:
    """Stands for a default or constant that Python's own parser hands out."""

    def __init__(self, what: str) -> None:
        self.what = what


_DEFAULT, _CONST = _Left("default"), _Left("const")


class _Seen(NamedTuple):
    """An option that the texts name, with what they give it."""

    option: Instance
    values: Any
    flag: str | None


class _Refused(Exception):
    """The texts do not fit the parser."""


@PARSING.raw("parse_args", "parse_intermixed_args", binds=True)
def _parse_args(it: Interpreter, self: Instance, args: Any = None, namespace: Any = None) -> Any:
    return _parsed(it, self, args, namespace)[0]


@PARSING.raw("parse_known_args", "parse_known_intermixed_args", binds=True)
def _parse_known_args(it: Interpreter, self: Instance, args: Any = None, namespace: Any = None) -> Any:
    return _parsed(it, self, args, namespace, strict=False)


def _parsed(it: Interpreter, self: Instance, args: Any, namespace: Any, *, strict: bool = True) -> tuple[Any, Any]:
    texts = _texts(it, args)
    hidden = texts if isinstance(texts, Unknown) else abstract(it, [self.attrs["_actions"], self.attrs["_defaults"], namespace])
    if isinstance(texts, Unknown) or (texts and hidden is not None) or isinstance(self.attrs["_actions"], Unknown):
        unknown = hidden or it.outside("the command line")
        return unknown, unknown
    seen, extra = _read(it, self, texts, strict)
    result = namespace
    if not isinstance(result, Instance):
        result = it.call(it.modules.library_attribute("argparse", "Namespace"))
    _fill(it, self, result, seen)
    return result, it.made(extra)


def _texts(it: Interpreter, args: Any) -> Any:
    """The texts that are parsed; none where those of the command line are asked for."""
    if args is None:
        args = it.item(it.library_attribute("sys", "argv"), slice(1, None))
    if isinstance(args, Unknown):
        return args
    items = it.elements(args)
    hidden = abstract(it, [args, items])
    if hidden is None and not all(isinstance(item, str) for item in items):
        hidden = it.unknown(Why.UNSUPPORTED, "arguments that are no texts")
    return items if hidden is None else hidden


# Reading texts --------------------------------------------------------------------------------------------------------


def _read(it: Interpreter, self: Instance, texts: list[str], strict: bool) -> tuple[list[_Seen], list[str]]:
    """What the texts say, and what they have besides."""
    if not texts:
        return [], []
    found: list[_Seen] = []
    try:
        reader = _reader(it, self, found)
        if strict:
            reader.parse_args(texts)
            return found, []
        return found, reader.parse_known_args(texts)[1]
    except _Refused as error:
        it.throw("SystemExit", str(error))


def _reader(it: Interpreter, self: Instance, found: list[_Seen]) -> argparse.ArgumentParser:
    """Python's own parser with the same options, each of which only notes what it gets in ``found``."""
    import argparse

    class Reader(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise _Refused(message)

        def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
            raise _Refused(message or str(status))

        def print_help(self, file: Any = None) -> None:
            return None

    attrs = self.attrs
    if attrs["fromfile_prefix_chars"] is not None:
        raise _Refused("arguments that are read from files")
    reader = Reader(prefix_chars=attrs["prefix_chars"], add_help=attrs["<help>"], conflict_handler="resolve", argument_default=_SUPPRESS)
    for number, option in enumerate(attrs["_actions"]):
        if option.attrs.get("<action>") == "parsers":
            _read_below(it, reader, option, found)
        elif option.attrs.get("<action>") not in ("help", "version"):
            _note(reader, option, f"option {number}", found)
    return reader


def _note(reader: argparse.ArgumentParser, option: Instance, name: str, found: list[_Seen]) -> None:
    import argparse

    class Recorder(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
            found.append(_Seen(option, values, option_string))

    attrs = option.attrs
    flags = list(attrs["option_strings"])
    if attrs.get("<action>") == "BooleanOptionalAction":
        flags += [f"--no-{flag[2:]}" for flag in flags if flag.startswith("--")]
    settings: dict[str, Any] = {"nargs": attrs["nargs"], "default": _DEFAULT, "dest": name}
    if flags:
        settings["required"] = attrs["required"] is True
        if attrs["nargs"] == "?":
            settings["const"] = _CONST
    reader.add_argument(*flags, action=Recorder, **settings)


def _read_below(it: Interpreter, reader: argparse.ArgumentParser, option: Instance, found: list[_Seen]) -> None:
    """A command and what follows it: the parser of that command reads the rest."""
    import argparse

    class Command(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
            name, *rest = values
            below = option.attrs["choices"].get(name)
            if below is None:
                raise _Refused(f"invalid choice: {name!r}")
            found.append(_Seen(option, name, None))
            _reader(it, below, found).parse_args(rest)

    reader.add_argument("command", action=Command, nargs="A...")


# What options do ------------------------------------------------------------------------------------------------------


def _fill(it: Interpreter, self: Instance, namespace: Instance, seen: list[_Seen]) -> None:
    """Give a namespace what was seen, and the defaults of what was not."""
    named = {id(one.option) for one in seen}
    options = [option for option in self.attrs["_actions"] if isinstance(option, Instance)]
    parsers = [self]
    for one in seen:
        if one.option.attrs.get("<action>") == "parsers":
            below = one.option.attrs["choices"][one.values]
            parsers.append(below)
            options += below.attrs["_actions"]
    texts: list[tuple[Instance, Any]] = []
    for option in options:
        attrs = option.attrs
        default = attrs.get("default")
        if attrs.get("dest") == _SUPPRESS or attrs["dest"] in namespace.attrs or (isinstance(default, str) and default == _SUPPRESS):
            continue
        if id(option) not in named:
            default = _unseen(it, option, named, options)
        _put(it, namespace, attrs["dest"], default)
        if isinstance(default, str) and id(option) not in named:
            texts.append((option, default))
    for parser in parsers:
        for dest, value in parser.attrs["_defaults"].items():
            if dest not in namespace.attrs:
                _put(it, namespace, dest, value)
        reason = it.state.open_reason(parser.attrs["_actions"])
        if reason is not None:
            it.write(namespace.attrs)
            it.state.mark_open(namespace.attrs, reason)
    for one in seen:
        _act(it, self, namespace, one)
    for option, default in texts:
        if namespace.attrs.get(option.attrs["dest"]) is default:
            _put(it, namespace, option.attrs["dest"], _converted(it, option, default))


def _put(it: Interpreter, namespace: Instance, dest: str, value: Any) -> None:
    it.set(namespace, dest, value)


def _unseen(it: Interpreter, option: Instance, named: set[int], options: list[Instance]) -> Any:
    """The value of an option that no text names: its default, or not known where there must be one."""
    attrs = option.attrs
    flags, group = attrs["option_strings"], attrs.get("<exclusive>")
    needed = attrs["required"]
    if group is not None and not any(id(other) in named for other in options if other.attrs.get("<exclusive>") is group):
        needed = True
    if needed is not False and needed is not None:
        what = f"the option `{flags[0]}`" if flags else f"the argument `{attrs['dest']}`"
        return it.unknown(Why.ARGUMENT, f"{what} of the command line, which has no default")
    return _default(it, option)


def _default(it: Interpreter, option: Instance) -> Any:
    """The default of an option; an empty list for the rest of the texts, where there are none."""
    attrs = option.attrs
    if not attrs["option_strings"] and (attrs["nargs"] == "..." or (attrs["nargs"] == "*" and attrs["default"] is None)):
        return it.made([])
    return attrs["default"]


def _act(it: Interpreter, parser: Instance, namespace: Instance, seen: _Seen) -> None:
    """Do what an option does with the texts that it got."""
    attrs = seen.option.attrs
    action, dest = attrs.get("<action>"), attrs["dest"]
    if action == "parsers":
        if dest != _SUPPRESS:
            _put(it, namespace, dest, seen.values)
        return
    value = _value(it, seen)
    if action is None:
        it.call(seen.option, [parser, namespace, value, seen.flag])
    elif action in ("store", "_StoreAction"):
        _put(it, namespace, dest, value)
    elif action in ("store_const", "store_true", "store_false"):
        _put(it, namespace, dest, attrs["const"])
    elif action == "BooleanOptionalAction":
        _put(it, namespace, dest, not (seen.flag or "").startswith("--no-"))
    elif action == "count":
        _put(it, namespace, dest, (namespace.attrs.get(dest) or 0) + 1)
    elif action in ("append", "append_const", "extend"):
        more = [attrs["const"]] if action == "append_const" else it.elements(value) if action == "extend" else [value]
        _put(it, namespace, dest, it.made([*it.elements(namespace.attrs.get(dest) or []), *more]))
    else:
        _put(it, namespace, dest, it.unknown(Why.UNSUPPORTED, f"the action `{action}` of an option"))


def _value(it: Interpreter, seen: _Seen) -> Any:
    attrs = seen.option.attrs
    if isinstance(seen.values, _Left):
        left = _default(it, seen.option) if seen.values.what == "default" else attrs["const"]
        return _converted(it, seen.option, left) if isinstance(left, str) else left
    if attrs.get("nargs") == 0:
        return it.made([])
    if isinstance(seen.values, list):
        return it.made([_chosen(it, seen.option, _converted(it, seen.option, item)) for item in seen.values])
    return _chosen(it, seen.option, _converted(it, seen.option, seen.values))


def _converted(it: Interpreter, option: Instance, text: Any) -> Any:
    kind = option.attrs["type"]
    return text if kind is None else it.call(kind, [text])


def _chosen(it: Interpreter, option: Instance, value: Any) -> Any:
    choices = option.attrs["choices"]
    if isinstance(choices, list | tuple | set | dict | range) and abstract(it, [choices, value]) is None and value not in choices:
        it.throw("SystemExit", f"invalid choice: {text_of.representation(it, value)}")
    return value
