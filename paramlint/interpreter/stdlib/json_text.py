"""``json`` on texts that are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import operators
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.natives import Table, effect, known
from paramlint.interpreter.operands import payload_of
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    error = ClassValue("JSONDecodeError", (it.classes["ValueError"],), {}, module="json")
    return {**FUNCTIONS, "dump": effect("json.dump"), "JSONDecodeError": error}


@FUNCTIONS.raw("loads")
def loads(it: Interpreter, s: Any, **options: Any) -> Any:
    known(it, s)
    pairs, hook = options.pop("object_pairs_hook", None), options.pop("object_hook", None)
    if options:
        callbacks(it, [pairs, hook, *options.values()], "`json.loads` with options")
        return it.unknown(Why.UNSUPPORTED, "`json.loads` with options")
    try:
        return _made(it, json.loads(s, object_pairs_hook=_Pairs), pairs, hook)
    except json.JSONDecodeError as error:
        cls = it.modules.library_attribute("json", "JSONDecodeError")
        raise Raised(it.call(cls, [str(error)]), it.site()) from None


@FUNCTIONS.raw("load")
def load(it: Interpreter, fp: Any, **options: Any) -> Any:
    text = it.call(it.get(fp, "read"))
    return text if isinstance(text, Unknown) else loads(it, text, **options)


class _Pairs(list[Any]):
    """An object of a text: its names and values, also those that stand there twice."""


def _made(it: Interpreter, value: Any, pairs: Any, hook: Any) -> Any:
    if isinstance(value, _Pairs):
        found = [(key, _made(it, item, pairs, hook)) for key, item in value]
        if pairs is not None:
            return it.call(pairs, [it.made(list(found))])
        made = it.made(dict(found))
        return made if hook is None else it.call(hook, [made])
    if isinstance(value, list):
        return it.made([_made(it, item, pairs, hook) for item in value])
    return value


@FUNCTIONS.raw("dumps")
def dumps(it: Interpreter, obj: Any, *, indent: Any = None, sort_keys: Any = False, ensure_ascii: Any = True, separators: Any = None,
          default: Any = None, **options: Any) -> Any:
    known(it, obj, indent, sort_keys)
    if default is not None or options:
        callbacks(it, [default, *options.values()], "`json.dumps` with options")
        return it.unknown(Why.UNSUPPORTED, "`json.dumps` with options")
    return json.dumps(_plain(it, obj), indent=indent, sort_keys=sort_keys, ensure_ascii=ensure_ascii, separators=separators)


def _plain(it: Interpreter, value: Any) -> Any:
    value = payload_of(value)
    if isinstance(value, Instance) and isinstance(value.payload, list):
        it.throw("TypeError", f"Object of type {value.cls.name} is not JSON serializable")
    if isinstance(value, dict | list | tuple):
        it.step()
    if isinstance(value, dict):
        return {_plain(it, key): _plain(it, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(it, item) for item in value]
    if value is None or isinstance(value, int | float | str):
        return value
    return it.throw("TypeError", f"Object of type {operators.type_name(value)} is not JSON serializable")
