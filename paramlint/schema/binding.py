"""How the arguments of a call become an entry's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.schema.conditions import BadCall, Refused, UnexpectedKeyword
from paramlint.schema.fields import anything

if TYPE_CHECKING:
    from paramlint.schema.layer import Field, Signature


def bind(owner: str, signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by field, converted, as Python binds them. Raises Refused with Python's own words."""
    positional = [field for field in signature.fields if not field.keyword_only]
    if len(args) > len(positional) and signature.rest is None:
        raise BadCall(f"{owner}() takes at most {len(positional)} positional arguments, got {len(args)}")
    given = {field.name: value for field, value in zip(positional, args, strict=False)}
    extra: dict[str, Any] = {}
    known = {field.name for field in signature.fields}
    for name, value in kwargs.items():
        if name not in known:
            extra[name] = value
        elif name in given:
            raise BadCall(f"{owner}() got multiple values for argument '{name}'", field=name)
        else:
            given[name] = value
    missing = [field.name for field in signature.fields if field.required and field.name not in given]
    if missing:
        raise BadCall(f"{owner}() is missing the required argument{'s' * (len(missing) > 1)} "
                      + " and ".join(f"'{name}'" for name in missing), field=missing[0])
    if extra and signature.extra is None:  # what is missing is found first, as the framework's class may take any keyword
        name = next(iter(extra))
        raise UnexpectedKeyword(f"{owner}() got an unexpected keyword argument '{name}'", field=name)
    bound: dict[str, Any] = {}
    for index, field in enumerate(signature.fields):
        try:
            bound[field.name] = _convert(field, given)
        except Refused as error:
            if any(_may_be_refused(other, given) for other in signature.fields[index + 1:]):
                error.error = "Exception"  # which of them is looked at first is up to the framework
            raise
    if signature.rest is not None:
        bound[signature.rest] = tuple(args[len(positional):])
    if signature.extra is not None:
        bound[signature.extra] = extra
    return bound


def _may_be_refused(field: Field, given: Mapping[str, Any]) -> bool:
    try:
        _convert(field, given)
    except (Refused, NeedsValue):
        return True
    return False


def _convert(field: Field, given: Mapping[str, Any]) -> Any:
    value = given.get(field.name, field.default)
    if isinstance(value, Unknown) or field.converter is anything:
        return field.converter(field.name, value)
    if field.name not in given and value is None:  # a default of None means what the framework says it means
        return None
    return field.converter(field.name, value)
