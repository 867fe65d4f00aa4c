"""``random``: CPython's generator, from the moment at which the code seeds it; before that what it draws is not known."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Succeeds, Unknown, Why
from paramlint.interpreter.handed import forget
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.natives import Table, abstract, plain
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

METHODS = Table()
SHARED = "<shared>"  # the name under which the module keeps the generator of its functions
_STATE = "<state>"  # the attribute of a generator: its state; None where that is not known
_NUMBERS = struct.Struct("<625I")
_FOLLOWING = struct.Struct("<d")  # what ``gauss`` keeps for the next call
_MOST = 10_000  # elements that are drawn or shuffled at once
_DRAWS = ("random", "uniform", "triangular", "gauss", "normalvariate", "lognormvariate", "expovariate", "betavariate", "gammavariate",
          "vonmisesvariate", "paretovariate", "weibullvariate", "randint", "randrange", "getrandbits", "randbytes")


def names(it: Interpreter) -> dict[str, Any]:
    cls = ClassValue("Random", (it.classes["object"],), dict(METHODS), module="random")
    cls.make = lambda it, args, kwargs: it.instance(args[0], {_STATE: None})
    shared = it.instance(cls, {_STATE: None})
    functions = {name: BoundMethod(method, shared) for name, method in METHODS.items() if not name.startswith("_")}
    return {**functions, "Random": cls, SHARED: shared}


def reseed(it: Interpreter) -> None:
    """Code that is not followed may have seeded the generator that all share, or drawn from it."""
    found = it.modules.standard.get("randomness", {}).get(SHARED)
    if found is not None:
        _forget(it, found)


def _forget(it: Interpreter, self: Instance) -> None:
    if self.attrs.get(_STATE, ABSENT) is not None:
        it.write(self.attrs)
        self.attrs[_STATE] = None


def _outside(it: Interpreter, self: Instance, name: str) -> Unknown:
    """What a generator gives that is in no known state any more."""
    _forget(it, self)
    return Unknown(Succeeds(Why.EFFECT, f"`random.{name}` depends on the outside world", it.site()), data=True)


def _drawn(it: Interpreter, self: Instance, name: str, draw: Callable[[random.Random], Any], *given: Any) -> Any:
    """Draw from the state in which a generator is."""
    if self.cls.site is not None or any(abstract(it, value) is not None for value in given):
        _forget(it, self)
        raise it.not_followed(f"`random.{name}` of what is not known")
    state = self.attrs.get(_STATE)
    if not isinstance(state, bytes):
        return _outside(it, self, name)
    source = random.Random()
    source.setstate(_unpacked(state))
    try:
        found = draw(source)
    except (ValueError, ZeroDivisionError, OverflowError, IndexError) as error:
        return it.library_throw(type(error).__name__, str(error))
    except TypeError:
        may_raise(it, "TypeError", f"`random.{name}` takes what it is given")
        _forget(it, self)
        raise it.not_followed(f"`random.{name}` of such values") from None
    finally:
        it.write(self.attrs)
        self.attrs[_STATE] = _packed(source)
    return found


def _define(name: str) -> None:
    @METHODS.raw(name, binds=True)
    def draw(it: Interpreter, self: Instance, /, *args: Any, **kwargs: Any) -> Any:
        args = tuple(map(plain, args))
        if any(isinstance(value, int) and abs(value) > 2 ** 20 for value in args) and name in ("getrandbits", "randbytes"):
            it.limit("numbers of more than a million bits")
        if name in ("randint", "randrange") and not isinstance(self.attrs.get(_STATE), bytes):
            _refuse_empty(it, name, args, kwargs)
        return _drawn(it, self, name, lambda source: getattr(source, name)(*args, **kwargs), *args, *kwargs.values())


def _refuse_empty(it: Interpreter, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A range without a number in it raises whatever the state is."""
    if args and not kwargs and all(isinstance(value, int) for value in args):
        try:
            getattr(random.Random(0), name)(*args)
        except (ValueError, TypeError) as error:
            it.library_throw(type(error).__name__, str(error))


for _name in _DRAWS:
    _define(_name)


@METHODS.raw("__init__", "seed", binds=True)
def _seed(it: Interpreter, self: Instance, /, a: Any = None, version: Any = 2) -> None:
    a = plain(a)
    it.write(self.attrs)
    self.attrs[_STATE] = None
    if a is None or self.cls.site is not None or isinstance(a, Unknown):
        return
    if abstract(it, a) is not None or version not in (1, 2):
        raise it.not_followed("the state of a generator that is seeded with what is not known")
    if not isinstance(a, int | float | str | bytes):
        it.throw("TypeError", "The only supported seed types are: None,\nint, float, str, bytes, and bytearray.")
    source = random.Random()
    source.seed(a, version)
    self.attrs[_STATE] = _packed(source)


def _packed(source: random.Random) -> bytes:
    """The state as one value, which two branches have or have not in common."""
    _, numbers, following = source.getstate()
    return _NUMBERS.pack(*numbers) + (b"" if following is None else _FOLLOWING.pack(following))


def _unpacked(state: bytes) -> tuple[Any, ...]:
    rest = state[_NUMBERS.size:]
    return random.Random.VERSION, _NUMBERS.unpack(state[:_NUMBERS.size]), _FOLLOWING.unpack(rest)[0] if rest else None


@METHODS.raw("getstate", binds=True)
def _get_state(it: Interpreter, self: Instance, /) -> Any:
    state = self.attrs.get(_STATE)
    return _unpacked(state) if isinstance(state, bytes) else it.outside("the state of a generator that has not been seeded")


@METHODS.raw("setstate", binds=True)
def _set_state(it: Interpreter, self: Instance, state: Any, /) -> None:
    it.write(self.attrs)
    self.attrs[_STATE] = None
    if isinstance(state, tuple) and abstract(it, state) is None:
        source = random.Random()
        try:
            source.setstate(state)
        except (ValueError, TypeError, OverflowError) as error:
            it.library_throw(type(error).__name__, str(error))
        self.attrs[_STATE] = _packed(source)


def _size(it: Interpreter, self: Instance, values: Any) -> int:
    """How many elements there are to draw from. Raises NeedsValue where that is not known."""
    found = it.call(it.builtins["len"], [values])
    if not isinstance(found, int):
        _forget(it, self)
        raise NeedsValue(found if isinstance(found, Unknown) else it.unknown(Why.ARGUMENT, "how many there are to draw from"))
    if found > _MOST:
        it.limit(f"drawing from more than {_MOST:,} elements")
    return found


@METHODS.raw("choice", binds=True)
def _choice(it: Interpreter, self: Instance, seq: Any, /) -> Any:
    size = _size(it, self, seq)
    if not size:
        it.throw("IndexError", "Cannot choose from an empty sequence")
    at = _drawn(it, self, "choice", lambda source: source.choice(range(size)))
    return it.item(seq, at)


@METHODS.raw("choices", binds=True)
def _choices(it: Interpreter, self: Instance, population: Any, weights: Any = None, *, cum_weights: Any = None, k: Any = 1) -> Any:
    size = _size(it, self, population)
    if not isinstance(k, int) or k > _MOST:
        _forget(it, self)
        raise it.not_followed("how many elements are chosen")
    found = _drawn(it, self, "choices", lambda source: source.choices(range(size), weights, cum_weights=cum_weights, k=k), weights, cum_weights)
    return found if isinstance(found, Unknown) else it.made([it.item(population, at) for at in found])


@METHODS.raw("sample", binds=True)
def _sample(it: Interpreter, self: Instance, population: Any, k: Any, *, counts: Any = None) -> Any:
    if isinstance(population, set | frozenset):
        it.throw("TypeError", "Population must be a sequence.  For dicts or sets, use sorted(d).")
    size = _size(it, self, population)
    if not isinstance(k, int) or counts is not None:
        _forget(it, self)
        raise it.not_followed("how many elements a sample has")
    if not 0 <= k <= size:
        it.throw("ValueError", "Sample larger than population or is negative")
    found = _drawn(it, self, "sample", lambda source: source.sample(range(size), k))
    return found if isinstance(found, Unknown) else it.made([it.item(population, at) for at in found])


@METHODS.raw("shuffle", binds=True)
def _shuffle(it: Interpreter, self: Instance, x: Any, /) -> None:
    if not isinstance(x, list) or it.state.open_reason(x) is not None or len(x) > _MOST:
        _forget(it, self)
        forget(it, x, it.unknown(Why.EFFECT, "the order after `random.shuffle`").reason)
        return
    order = list(range(len(x)))
    found = _drawn(it, self, "shuffle", lambda source: source.shuffle(order))
    if isinstance(found, Unknown):
        forget(it, x, it.unknown(Why.EFFECT, "the order after `random.shuffle`").reason)
        return
    it.write(x)
    x[:] = [x[at] for at in order]
