"""Which configuration a file has, and what is said about one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from paramlint import api
from paramlint.api import ConfigError
from paramlint.config import OPTIONS, Config, document

ROOT = Path(__file__).parents[2]


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def config_of(path: Path, **more: object) -> Config:
    return api.configs(**more).for_file(str(path))  # type: ignore[arg-type]


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.paramlint]\nmax-layer-params = '1M'\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\nx = 1\n")  # says nothing about us
    write(tmp_path / "b" / "paramlint.toml", "max-layer-params = 2_000\n")
    write(tmp_path / "b" / "pyproject.toml", "[tool.paramlint]\nmax-layer-params = 3\n")  # paramlint.toml counts
    assert config_of(tmp_path / "x.py").max_layer_params == 1_000_000
    assert config_of(tmp_path / "a" / "deep" / "x.py").max_layer_params == 1_000_000
    assert config_of(tmp_path / "b" / "x.py").max_layer_params == 2_000


def test_isolated_and_a_named_file(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.paramlint]\nmax-layer-params = '1M'\n")
    other = write(tmp_path / "elsewhere" / "strict.toml", "max-layer-params = '1k'\n")
    assert config_of(tmp_path / "x.py", isolated=True).max_layer_params is None
    assert config_of(tmp_path / "x.py", file=str(other)).max_layer_params == 1_000


def test_flags_win_over_overrides_and_overrides_over_the_file(tmp_path: Path) -> None:
    write(tmp_path / "paramlint.toml", """
max-layer-params = "1M"
layer-budgets = {"torch.nn.Linear" = "5k", "torch.nn.Conv2d" = "6k"}
[[overrides]]
paths = ["big/", "*_large.py"]
max-layer-params = "1B"
layer-budgets = {"torch.nn.Linear" = "7k"}
[[overrides]]
paths = ["big/huge.py"]
max-layer-params = "2B"
""")
    assert config_of(tmp_path / "x.py").max_layer_params == 10**6
    assert config_of(tmp_path / "net_large.py").max_layer_params == 10**9
    assert config_of(tmp_path / "big" / "huge.py").max_layer_params == 2 * 10**9
    assert config_of(tmp_path / "big" / "x.py").layer_budgets == {"torch.nn.Linear": 7_000, "torch.nn.Conv2d": 6_000}
    flags = {"max-layer-params": ["3"], "layer-budgets": ["torch.nn.Linear=8"]}
    flagged = config_of(tmp_path / "big" / "x.py", flags=flags)
    assert flagged.max_layer_params == 3
    assert flagged.layer_budgets == {"torch.nn.Linear": 8, "torch.nn.Conv2d": 6_000}


def test_per_file_ignores_are_relative_to_their_file(tmp_path: Path) -> None:
    write(tmp_path / "paramlint.toml", 'ignore = ["PRM203"]\nper-file-ignores = {"tests/" = ["PRM1"], "/top.py" = "PRM201, PRM101"}\n')
    assert config_of(tmp_path / "tests" / "a" / "x.py").file_ignore == ("PRM1",)
    assert config_of(tmp_path / "top.py").file_ignore == ("PRM201", "PRM101")
    assert config_of(tmp_path / "sub" / "top.py").file_ignore == ()
    assert config_of(tmp_path / "sub" / "top.py").ignore == ("PRM203",)


@pytest.mark.parametrize(("text", "parts"), [
    ("max-layer-param = 1", ['unknown key "max-layer-param"', '"max-layer-params"']),
    ("max_layer_params = 1", ['unknown key "max_layer_params"', '"max-layer-params"']),
    ("zzz = 1", ['unknown key "zzz"', "known are", "max-layer-params"]),
    ("max-layer-params = 'ten'", ["max-layer-params", "expected a whole number", "'ten'"]),
    ("max-layer-params = true", ["max-layer-params", "got true"]),
    ("select = [1]", ["select", "expected a list of rule codes"]),
    ("select = ['PRM11']", ["select", 'no rule is called "PRM11"', "PRM1"]),
    ("per-file-ignores = {'a/' = ['layer-over-budgets']}", ["per-file-ignores", "layer-over-budget"]),
    ("layer-budgets = {'torch.nn.Linear' = 'x'}", ["layer-budgets", '"torch.nn.Linear"', "'x'"]),
    ("layer-budgets = 3", ["layer-budgets", "expected a table"]),
    ("exclude = ['!']", ["exclude", "pattern"]),
    ("overrides = 1", ["overrides", "array of tables"]),
    ("[[overrides]]\nmax-layer-params = 1", ["overrides", "entry 1", '"paths" is missing']),
    ("[[overrides]]\npaths = ['a']\nexclude = ['b']", ["overrides", "entry 1", 'unknown key "exclude"']),
    ("[[overrides]]\npaths = ['a']\nignore = ['PRM7']", ["ignore", '"PRM7"']),
    ("max-layer-params = \n", ["not TOML", "line 1"]),
    ("module-bases = {'a b' = 'torch.nn.Module'}", ["module-bases", "a b"]),
    ("site-packages = ''", ["site-packages", "expected a path"]),
])
def test_errors_name_the_file_the_key_and_the_way_out(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path / "paramlint.toml", text)
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path / "x.py")
    for part in [str(path), *parts]:
        assert part in str(caught.value)


def test_errors_of_flags_name_the_flag() -> None:
    for flags, word in (({"max-layer-params": ["1x"]}, "--max-layer-params"), ({"layer-budgets": ["torch.nn.Linear"]}, "NAME=NUMBER"),
                        ({"select": ["PRM77"]}, "--select")):
        with pytest.raises(ConfigError, match=word):
            api.configs(flags=flags)


def test_files_that_are_no_configuration(tmp_path: Path) -> None:
    write(tmp_path / "a" / "pyproject.toml", "{{ cookiecutter }} = broken")  # a template; nobody asked for it
    assert config_of(tmp_path / "a" / "x.py") == Config()
    for text, word in (("[tool.paramlint", "not TOML"), ("tool = 'paramlint'", "no table"), ("x = 1", "no table")):
        path = write(tmp_path / "b" / "pyproject.toml", text)
        with pytest.raises(ConfigError, match=word):
            api.configs(file=str(path))
    (tmp_path / "c.toml").write_bytes(b"# \xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        api.configs(file=str(tmp_path / "c.toml"))
    with pytest.raises(ConfigError, match=r"missing\.toml"):
        api.configs(file=str(tmp_path / "missing.toml"))
    (tmp_path / "deep.toml").write_text("search-path = " + "[" * 100_000)
    with pytest.raises(ConfigError, match=r"not TOML|nested too deeply"):
        api.configs(file=str(tmp_path / "deep.toml"))


def test_the_readme_has_the_table_of_options() -> None:
    assert f"<!-- options: begin -->\n{document()}\n<!-- options: end -->" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_the_example_of_each_option_is_valid(tmp_path: Path, option: object) -> None:
    write(tmp_path / "net.py", "")  # models are looked for
    path = write(tmp_path / "paramlint.toml", f"{option.key} = {option.example}\n")  # type: ignore[attr-defined]
    changed = api.configs(file=str(path)).for_file("x.py")
    assert getattr(changed, option.field) != getattr(Config(), option.field)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["tf.keras.layers.*", "tensorflow.keras.layers.Conv2D", "keras.src.layers.*", "keras.layers.Convolution2D",
                                  "tf.keras.layers.Convolution2D", "keras.layers.convolutional.Conv2D", "keras.layers.Conv?D"])
def test_budgets_by_type_know_every_name_of_a_layer(name: str) -> None:
    source = "from keras import Input, Sequential\nfrom tensorflow.keras import layers\nSequential([Input((9, 9, 3)), layers.Conv2D(16, 3)])\n"
    for most, codes in ((447, ["PRM101"]), (448, [])):
        assert [found.code for found in api.check_source(source, config=Config(layer_budgets={name: most})).diagnostics] == codes


@pytest.mark.parametrize("name", ["torch.nn.modules.conv.Conv2d", "torch.nn.modules.*", "torch.nn.Conv2d", "torch.*", "*.Conv2d"])
def test_budgets_by_type_know_every_module_of_a_layer(name: str) -> None:
    for source in ("from torch.nn.modules.conv import Conv2d\nConv2d(3, 16, 3)\n", "import torch\ntorch.nn.Conv2d(3, 16, 3)\n"):
        for most, codes in ((447, ["PRM101"]), (448, [])):
            assert [found.code for found in api.check_source(source, config=Config(layer_budgets={name: most})).diagnostics] == codes
