"""The one table of options: a field is an option, its TOML key, its flag, its flake8 option and its line in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from paramlint.config import values
from paramlint.config.values import Kind, Patterns, shown
from paramlint.core.text import closest, shortened


class Option(msgspec.Struct, frozen=True):
    """What is said about an option. ``flake8`` is off where flake8 has an option of that name and meaning itself."""

    key: str
    kind: Kind
    help: str
    example: str
    flag: bool = True
    flake8: bool = True
    override: bool = False  # may stand in [[tool.paramlint.overrides]]

    @property
    def field(self) -> str:
        return self.key.replace("-", "_")

    def parse(self, value: Any, base: str) -> Any:
        """The value of TOML; raises ValueError, which says what is expected."""
        return self.kind.parse(value, base)

    def parse_texts(self, texts: Iterable[str], base: str) -> Any:
        """The value of a flag, given once or several times."""
        given = list(texts)
        if self.kind.many == "table":
            pairs = [text.partition("=") for text in given]
            for text, (key, equals, _) in zip(given, pairs, strict=True):
                if not key or not equals:
                    raise ValueError(f"expected {self.kind.metavar}, got {shown(text)}")
            return self.parse({key.strip(): value.strip() for key, _, value in pairs}, base)
        if self.kind.many == "list":
            return self.parse([item for text in given for item in text.split(",")], base)
        return self.parse(given[-1], base)


_declared: list[Callable[[str], Option]] = []  # by the class that is being made, in the order of its fields


def _option(kind: Kind, text: str, example: str, *, default: Any = None, **more: bool) -> Any:
    """A field that is an option; its key is the field's name with hyphens. Fields that are none stand behind those that are."""
    _declared.append(lambda key: Option(key, kind, text, example, **more))
    return msgspec.field(default_factory=dict) if isinstance(default, dict) else msgspec.field(default=default)


def _made(owner: type[msgspec.Struct]) -> tuple[Option, ...]:
    """The options that a class has declared."""
    found = tuple([make(name.replace("_", "-")) for name, make in zip(owner.__struct_fields__, _declared, strict=False)])
    _declared.clear()
    return found


class UnknownKeyError(ValueError):
    """A key that no option has."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        super().__init__(f'unknown key "{shortened(key)}"{nearest(key, known)}')
        self.key = key


class BadValueError(ValueError):
    """A value that the option does not take."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?``, or all that there is where nothing is near."""
    names = list(known)
    near = closest(word.replace("_", "-").lower(), names)
    return f'; did you mean "{near}"?' if near else f"; known are {', '.join(names)}"


def parse_table(table: Mapping[str, Any], options: Iterable[Option], base: str) -> dict[str, Any]:
    """Field values of a TOML table; raises UnknownKeyError and BadValueError."""
    known = {option.key: option for option in options}
    result = {}
    for key, value in table.items():
        option = known.get(key)
        if option is None:
            raise UnknownKeyError(key, known)
        try:
            result[option.field] = option.parse(value, base)
        except ValueError as error:
            raise BadValueError(key, str(error)) from None
    return result


class ModelEntry(msgspec.Struct, frozen=True):
    """A model that the configuration declares, with what must hold for it."""

    target: str = _option(values.TARGET, "what to read, seen from this file: `PATH`, `PATH::Name` or `PATH::expression`",
                          '"models/net.py::Net"', default="")
    args: str = _option(values.ARGUMENTS, "arguments for the class or function", "{depth = 18}", default="")
    name: str = _option(values.TEXT, "what findings call it", '"the small net"', default="")
    params: int | None = _option(values.COUNT, "the number of parameters that it has, exactly (`PRM107`)", "61_706")
    max_model_params: int | None = _option(values.COUNT, "its own budget of parameters (`PRM102`)", '"10M"')
    max_weight_memory: int | None = _option(values.BYTES, "its own budget of weight memory (`PRM105`)", '"500MB"')
    weight_dtype: str | None = _option(values.DTYPE, "the type that its weights are kept in", '"float16"')
    input: tuple[str, ...] = _option(values.TEXTS, "what it is called with, as for `--input`: shapes, dtypes, names", '["1,3,224,224"]', default=())
    max_layer_macs: int | None = _option(values.COUNT, "its own budget of multiply-accumulates of a layer (`PRM103`)", '"1G"')
    max_model_macs: int | None = _option(values.COUNT, "its own budget of multiply-accumulates (`PRM104`)", '"4G"')
    max_activation_memory: int | None = _option(values.BYTES, "its own budget of activation memory (`PRM106`)", '"2GiB"')

    @property
    def path(self) -> str:
        """The file."""
        return self.target.partition("::")[0]

    @property
    def expression(self) -> str:
        """What is evaluated in the file; empty for every model that it offers."""
        expression = self.target.partition("::")[2]
        return f"{expression}({self.args})" if self.args else expression


MODEL_OPTIONS = _made(ModelEntry)


def _tables(value: Any, make: Callable[[Mapping[str, Any]], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"expected an array of tables, got {shown(value)}")
    values.limited(value)
    result = []
    for number, item in enumerate(value, 1):
        try:
            result.append(make(item))
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None
    return tuple(result)


def _models(value: Any, base: str) -> tuple[ModelEntry, ...]:
    def make(table: Mapping[str, Any]) -> ModelEntry:
        if "target" not in table:
            raise ValueError('"target" is missing')
        entry = ModelEntry(**parse_table(table, MODEL_OPTIONS, base))
        if entry.args and "::" not in entry.target:
            raise ValueError('"args" are for a class or function: give the target as "PATH::Name"')
        if entry.params is not None and "::" not in entry.target:
            raise ValueError('"params" is the size of one model: give the target as "PATH::Name"')
        return entry

    return _tables(value, make)


class Override(msgspec.Struct, frozen=True):
    """Other values for the files that the patterns match."""

    paths: Patterns
    values: Mapping[str, Any]


def _overrides(value: Any, base: str) -> tuple[Override, ...]:
    paths = Option("paths", values.GLOBS, "which files", "")

    def make(table: Mapping[str, Any]) -> Override:
        if "paths" not in table:
            raise ValueError('"paths" is missing')
        fields = parse_table(table, (paths, *(option for option in OPTIONS if option.override)), base)
        return Override(fields.pop("paths"), fields)

    return _tables(value, make)


_MODELS = Kind(_models, "TABLES", "an array of tables, each with a target")
_OVERRIDES = Kind(_overrides, "TABLES", "an array of tables, each with paths")


class Config(msgspec.Struct, frozen=True):
    """The values of all options for one file; ``file_ignore`` is what ``per-file-ignores`` come to for it.

    ``root`` is the real path of the project's root, as far as a configuration or a repository says it.
    """

    select: tuple[str, ...] | None = _option(
        values.CODES, "rules to use instead of the default ones", '["PRM1", "PRM201"]', flake8=False, override=True)
    extend_select: tuple[str, ...] = _option(
        values.CODES, "rules to use besides", '["PRM901"]', default=(), flake8=False, override=True)
    ignore: tuple[str, ...] = _option(values.CODES, "rules not to use", '["PRM203"]', default=(), flake8=False, override=True)
    per_file_ignores: tuple[tuple[Patterns, tuple[str, ...]], ...] = _option(
        values.CODES_BY_GLOB, "rules not to use in some files", '{"tests/*" = ["PRM1"]}', default=(), flake8=False)
    exclude: Patterns = _option(
        values.GLOBS, "files and folders to leave out, as in `.gitignore`", '["vendor/", "*_pb2.py"]', default=Patterns(), flake8=False)
    max_layer_params: int | None = _option(
        values.COUNT, "most parameters that a layer may have (`PRM101`)", '"10M"', override=True)
    layer_budgets: Mapping[str, int | None] = _option(
        values.BUDGETS, 'most parameters by type of layer, or "none"; a name wins over a pattern (`PRM101`)',
        '{"torch.nn.Linear" = "1M", "keras.layers.*" = "5M"}', default={}, override=True)
    max_model_params: int | None = _option(
        values.COUNT, "most parameters that a model may have (`PRM102`)", '"100M"', override=True)
    max_layer_macs: int | None = _option(
        values.COUNT, "most multiply-accumulates that a layer may cost, in models whose input is known (`PRM103`)", '"1G"', override=True)
    layer_mac_budgets: Mapping[str, int | None] = _option(
        values.BUDGETS, 'most multiply-accumulates by type of layer, or "none"; a name wins over a pattern (`PRM103`)',
        '{"torch.nn.Conv2d" = "500M", "torch.nn.Linear" = "none"}', default={}, override=True)
    max_model_macs: int | None = _option(
        values.COUNT, "most multiply-accumulates that a model may cost, if its input is known (`PRM104`)", '"10G"', override=True)
    max_weight_memory: int | None = _option(
        values.BYTES, "most memory that a model's weights may take (`PRM105`)", '"500MB"', override=True)
    weight_dtype: str | None = _option(
        values.DTYPE, "the type that weights are kept in, for their memory; without it each counts in its own", '"float16"', override=True)
    max_activation_memory: int | None = _option(
        values.BYTES, "most memory that a model's activations may take at once, if its input is known (`PRM106`)", '"2GiB"', override=True)
    search_path: tuple[str, ...] = _option(values.PATHS, "folders in which imports are looked up", '["src"]', default=())
    site_packages: str | None = _option(
        values.PATH, "an environment's installed sources to look imports up in; read, never imported",
        '".venv/lib/python3.13/site-packages"')
    module_bases: Mapping[str, str] = _option(
        values.BASES, "classes out of reach and the framework's class that they stand for",
        '{"lightning.LightningModule" = "torch.nn.Module"}', default={}, override=True)
    models: tuple[ModelEntry, ...] = _option(
        _MODELS, "models with their own budgets, or with the size that they must keep (`PRM107`)",
        '[{target = "net.py::Net", params = 61_706}]', default=(), flag=False, flake8=False)
    overrides: tuple[Override, ...] = _option(
        _OVERRIDES, "other values for some paths", '[{paths = ["tools/"], max-layer-params = "1M"}]', default=(), flag=False, flake8=False)
    file_ignore: tuple[str, ...] = ()
    root: str = ""


OPTIONS = _made(Config)


def document() -> str:
    """The options as the table of the README."""
    lines = ["| option | example | what it does |", "|---|---|---|"]
    lines += [f"| `{option.key}` | `{option.key} = {option.example}` | {option.help} |" for option in OPTIONS]
    return "\n".join(lines)
