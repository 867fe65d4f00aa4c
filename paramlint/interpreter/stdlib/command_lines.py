"""``argparse``: parsers, their options, and the namespaces that they make.

An analysed program runs with nothing behind its name: options have their defaults, what has none is not known. What a program does with
a parser before it asks for the arguments (parents, groups, ``set_defaults``) is followed; see ``command_line_parsing`` for the asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.natives import REST, Table, abstract, effect
from paramlint.interpreter.stdlib.command_line_parsing import PARSING
from paramlint.interpreter.stdlib.kinds import PLAIN_ATTRIBUTES
from paramlint.interpreter.stdlib.silent import silent_class
from paramlint.interpreter.values import ABSENT, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PARSER, _OPTION, _NAMESPACE, _SUBPARSERS = Table(), Table(), Table(), Table()
SUPPRESS = "==SUPPRESS=="
_CONSTANTS = {"SUPPRESS": SUPPRESS, "OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+", "REMAINDER": "...", "PARSER": "A..."}
_FORMATTERS = ("HelpFormatter", "ArgumentDefaultsHelpFormatter", "RawDescriptionHelpFormatter", "RawTextHelpFormatter", "MetavarTypeHelpFormatter")
_FLAGS = {"store_true": (False, True), "store_false": (True, False)}  # default and constant
_WITHOUT_VALUE = frozenset({"store_true", "store_false", "store_const", "append_const", "count", "help", "version"})


def names(it: Interpreter) -> dict[str, Any]:
    thing = it.classes["object"]
    result: dict[str, Any] = dict(_CONSTANTS)
    made = {"Namespace": _NAMESPACE, "ArgumentParser": {**_PARSER, **PARSING}, "Action": _OPTION, "_SubParsersAction": _SUBPARSERS,
            "_ArgumentGroup": _PARSER, "_MutuallyExclusiveGroup": _PARSER}
    for name, space in made.items():
        result[name] = ClassValue(name, (thing,), dict(space), module="argparse")
        result[name].facts["attributes only"] = True
    for name in ("_StoreAction", "BooleanOptionalAction"):
        result[name] = ClassValue(name, (result["Action"],), {}, module="argparse")
    for name in ("ArgumentError", "ArgumentTypeError"):
        result[name] = ClassValue(name, (it.classes["Exception"],), {}, module="argparse")
    result.update({name: silent_class(it, name, "argparse") for name in _FORMATTERS})
    result["FileType"] = effect("argparse.FileType")
    return result


def made_here(it: Interpreter, name: str, attrs: dict[str, Any]) -> Instance:
    """An object of one of the classes here."""
    return it.instance(it.modules.library_attribute("argparse", name), attrs)


# Parsers and groups ---------------------------------------------------------------------------------------------------


@_PARSER.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, prog: Any = None, usage: Any = None, description: Any = None, epilog: Any = None,
          parents: Any = (), formatter_class: Any = None, prefix_chars: Any = "-", fromfile_prefix_chars: Any = None,
          argument_default: Any = None, conflict_handler: Any = "error", **rest: Any) -> None:
    it.write(self.attrs)
    self.attrs.update({
        "_actions": it.made([]), "_defaults": it.made({}), "prog": prog, "usage": usage, "description": description, "epilog": epilog,
        "prefix_chars": prefix_chars, "fromfile_prefix_chars": fromfile_prefix_chars, "argument_default": argument_default,
        "conflict_handler": conflict_handler, "<help>": rest.get("add_help", True),
    })
    for parent in it.elements(parents):
        if not isinstance(parent, Instance) or "_actions" not in parent.attrs:
            _lose(it, self, abstract(it, parent) or it.unknown(Why.UNSUPPORTED, "a parent of a parser"))
            continue
        for option in it.elements(parent.attrs["_actions"]):
            _add(it, self, option)
        it.write(self.attrs["_defaults"])
        self.attrs["_defaults"].update(parent.attrs["_defaults"])


def _lose(it: Interpreter, parser: Instance, why: Unknown) -> None:
    """A parser may have options that are not known."""
    it.write(parser.attrs["_actions"])
    it.state.mark_open(parser.attrs["_actions"], why.reason)


def _add_unknown(it: Interpreter, args: list[Any], kwargs: dict[str, Any], rest: Unknown) -> Unknown:
    """``add_argument`` with ``*`` or ``**`` of what is not known."""
    _lose(it, args[0], rest)
    return rest


@_PARSER.raw("add_argument", binds=True)
def add_argument(it: Interpreter, self: Instance, *flags: Any, **settings: Any) -> Any:
    hidden = abstract(it, [*flags, settings.get("action"), settings.get("dest"), settings.get("nargs"), self.attrs["prefix_chars"]])
    if hidden is not None:
        _lose(it, self, hidden)
        return hidden
    action = settings.pop("action", "store")
    attrs = _described(it, self, list(flags), settings)
    if isinstance(action, ClassValue) and action.module != "argparse":
        option = it.call(action, [], attrs)
    else:
        option = _option(it, action if isinstance(action, str) else action.name, attrs)
    if not isinstance(option, Instance):
        _lose(it, self, abstract(it, option) or it.unknown(Why.UNSUPPORTED, "the action of an option"))
        return option
    it.write(option.attrs)
    option.attrs["<exclusive>"] = self if self.attrs.get("required") else None
    _add(it, self, option)
    return option


_PARSER["add_argument"].attrs[REST] = _add_unknown


def _described(it: Interpreter, self: Instance, flags: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an option, as argparse derives them."""
    prefixes = self.attrs["prefix_chars"]
    dest = settings.pop("dest", None)
    if not flags or flags[0][0] not in prefixes:
        strings, dest = [], dest or flags[0]
    else:
        strings = flags
        if dest is None:
            long = next((flag for flag in flags if len(flag) > 1 and flag[1] in prefixes), flags[0])
            dest = long.lstrip(prefixes).replace("-", "_")
    default = settings.pop("default", ABSENT)
    if default is ABSENT:
        default = self.attrs["_defaults"].get(dest, self.attrs["argument_default"])
    return {"option_strings": it.made(strings), "dest": dest, "default": default, **settings}


def _option(it: Interpreter, action: str, attrs: dict[str, Any]) -> Instance:
    kept = {"nargs": None, "const": None, "type": None, "choices": None, "required": not attrs["option_strings"], "help": None, "metavar": None,
            **attrs, "<action>": action}
    if action in _FLAGS:
        default, kept["const"] = _FLAGS[action]
        kept["default"] = default if attrs["default"] is None else attrs["default"]
    if action in ("help", "version"):
        kept["default"] = SUPPRESS
    if action in _WITHOUT_VALUE or action == "BooleanOptionalAction":
        kept["nargs"] = 0
    if not attrs["option_strings"] and (kept["nargs"] in ("?", "...") or (kept["nargs"] == "*" and "default" in attrs)):
        kept["required"] = False
    return made_here(it, "BooleanOptionalAction" if action == "BooleanOptionalAction" else "_StoreAction", kept)


def _add(it: Interpreter, self: Instance, option: Any) -> None:
    """Put an option into a parser; one with the same flag gives way, where the parser says so."""
    options = self.attrs["_actions"]
    it.write(options)
    if isinstance(option, Instance) and it.state.open_reason(options) is None:
        for flag in option.attrs.get("option_strings", ()):
            for other in [other for other in options if isinstance(other, Instance) and flag in other.attrs["option_strings"]]:
                if self.attrs["conflict_handler"] != "resolve":
                    _refuse(it, f"argument {flag}: conflicting option string: {flag}")
                it.write(other.attrs["option_strings"])
                other.attrs["option_strings"].remove(flag)
                if not other.attrs["option_strings"]:
                    options.remove(other)
    options.append(option)


def _refuse(it: Interpreter, message: str) -> None:
    from paramlint.interpreter.signals import Raised

    raise Raised(it.call(it.modules.library_attribute("argparse", "ArgumentError"), [message]), it.site())


@_PARSER.raw("add_argument_group", binds=True)
def _group(it: Interpreter, self: Instance, *args: Any, **kwargs: Any) -> Instance:
    shared = ("_actions", "_defaults", "prefix_chars", "argument_default", "conflict_handler")
    return made_here(it, "_ArgumentGroup", {**{name: self.attrs[name] for name in shared}, "title": args[0] if args else kwargs.get("title")})


@_PARSER.raw("add_mutually_exclusive_group", binds=True)
def _exclusive(it: Interpreter, self: Instance, *, required: Any = False) -> Instance:
    group: Instance = _group(it, self)
    group.attrs["required"] = required
    return group


@_PARSER.raw("set_defaults", binds=True)
def _set_defaults(it: Interpreter, self: Instance, **defaults: Any) -> None:
    it.write(self.attrs["_defaults"])
    self.attrs["_defaults"].update(defaults)
    for option in self.attrs["_actions"]:
        if isinstance(option, Instance) and option.attrs.get("dest") in defaults:
            it.write(option.attrs)
            option.attrs["default"] = defaults[option.attrs["dest"]]


def _set_unknown(it: Interpreter, args: list[Any], kwargs: dict[str, Any], rest: Unknown) -> Unknown:
    """``set_defaults(**options)`` of what is not known: every default may be another one."""
    _set_defaults(it, args[0], **{str(option.attrs.get("dest")): rest for option in args[0].attrs["_actions"] if isinstance(option, Instance)})
    _lose(it, args[0], rest)
    return rest


_PARSER["set_defaults"].attrs[REST] = _set_unknown


@_PARSER.raw("get_default", binds=True)
def _get_default(it: Interpreter, self: Instance, dest: Any) -> Any:
    for option in it.elements(self.attrs["_actions"]):
        if option.attrs.get("dest") == dest and option.attrs.get("default") is not None:
            return option.attrs["default"]
    return self.attrs["_defaults"].get(dest)


@_PARSER.raw("add_subparsers", binds=True)
def _add_subparsers(it: Interpreter, self: Instance, *, dest: Any = SUPPRESS, required: Any = False, **rest: Any) -> Instance:
    made = made_here(it, "_SubParsersAction", {"option_strings": it.made([]), "dest": dest, "required": required, "nargs": "A...", "const": None,
                                               "default": None, "type": None, "choices": it.made({}), "<action>": "parsers"})
    _add(it, self, made)
    return made


@_SUBPARSERS.raw("add_parser", binds=True)
def _add_parser(it: Interpreter, self: Instance, name: Any, *, aliases: Any = (), help: Any = None, **settings: Any) -> Any:
    parser = it.call(it.modules.library_attribute("argparse", "ArgumentParser"), [], settings)
    it.write(self.attrs["choices"])
    self.attrs["choices"].update(dict.fromkeys([name, *it.elements(aliases)], parser))
    return parser


@_PARSER.raw("print_help", "print_usage", binds=True)
def _print(it: Interpreter, self: Instance, file: Any = None) -> None:
    return None


@_PARSER.raw("format_help", "format_usage", binds=True)
def _format(it: Interpreter, self: Instance) -> Any:
    return it.unknown(Why.UNSUPPORTED, "the help of a parser as text")


@_PARSER.raw("register", binds=True)
def _register(it: Interpreter, self: Instance, registry: Any, value: Any, object: Any) -> None:
    _lose(it, self, it.unknown(Why.UNSUPPORTED, "`ArgumentParser.register`"))


@_PARSER.raw("error", "exit", binds=True)
def _exit(it: Interpreter, self: Instance, *args: Any, **kwargs: Any) -> None:
    it.throw("SystemExit", args[-1] if args else kwargs.get("message", 2))


# Options and namespaces -----------------------------------------------------------------------------------------------


@_OPTION.raw("__init__", binds=True)
def _init_option(it: Interpreter, self: Instance, option_strings: Any = (), dest: Any = None, nargs: Any = None, const: Any = None,
                 default: Any = None, type: Any = None, choices: Any = None, required: Any = False, help: Any = None, metavar: Any = None,
                 **rest: Any) -> None:
    it.write(self.attrs)
    self.attrs.update({"option_strings": option_strings, "dest": dest, "nargs": nargs, "const": const, "default": default, "type": type,
                       "choices": choices, "required": required, "help": help, "metavar": metavar})


_NAMESPACE.update(PLAIN_ATTRIBUTES)


@_NAMESPACE.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return it.call(it.get(self.attrs, "__contains__"), [key])


@_NAMESPACE.raw("__getattr__", binds=True)
def _missing(it: Interpreter, self: Instance, name: Any, /) -> Any:
    reason = it.state.open_reason(self.attrs)
    if reason is not None and not (isinstance(name, str) and name.startswith("__")):
        return Unknown(reason)
    return it.throw("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
