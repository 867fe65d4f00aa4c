"""Sizes: whole numbers, or formulas in free names.

A ``Formula`` is a polynomial with integer coefficients over *atoms*. An atom is a free name (``d_model``) or an
operation that is no polynomial, kept whole and compared by its text (``d_model // num_heads``). Formulas are
canonical, so equal ones compare equal; a comparison that the free names leave open is ``Unknown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.unknown import Unknown, Why

if TYPE_CHECKING:
    from fractions import Fraction

# A size is an int, a Formula or an Unknown. The static type is Any because the three share an arithmetic, not a class.
Size = Any

Monomial = tuple[tuple[str, int], ...]  # ((atom, power), ...) sorted by atom
_MAX_TERMS = 200
_MAX_ATOM = 500


class NoNumber:
    """What is neither a number nor may stand for one: functions, classes, modules."""

    __slots__ = ()


class Formula:
    """A polynomial in free names, e.g. ``4*d_model**2 + 9*d_model``."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = dict(terms)
        self._hash: int | None = None

    @classmethod
    def free(cls, name: str) -> Formula:
        """The formula that is just one free name."""
        return cls({((name, 1),): 1})

    @property
    def names(self) -> frozenset[str]:
        return frozenset(atom for monomial in self.terms for atom, _ in monomial)

    @property
    def is_name(self) -> bool:
        """Whether this is just one free name."""
        return len(self.terms) == 1 and all(count == 1 and sum(p for _, p in key) == 1 for key, count in self.terms.items())

    def __repr__(self) -> str:
        return render(self)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return (Formula, (self.terms,))

    def same(self, other: object) -> bool:
        """Whether both are the same formula; never undecided."""
        return isinstance(other, Formula) and self.terms == other.terms

    # Arithmetic -------------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        right = _terms(other)
        return NotImplemented if right is None else _sum(self.terms, right, 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        right = _terms(other)
        return NotImplemented if right is None else _sum(self.terms, right, -1)

    def __rsub__(self, other: Any) -> Any:
        left = _terms(other)
        return NotImplemented if left is None else _sum(left, self.terms, -1)

    def __mul__(self, other: Any) -> Any:
        right = _terms(other)
        return NotImplemented if right is None else _product(self.terms, right)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> Any:
        return self

    def __pow__(self, power: Any) -> Any:
        if not isinstance(power, int):
            return _atom(f"({render(self)})**({power})")
        if not 0 <= power <= 8:
            return _atom(f"({render(self)})**{power}")
        result: Any = 1
        for _ in range(power):
            result = result * self
        return result

    def __rpow__(self, base: Any) -> Any:
        return _atom(f"{base}**({render(self)})")

    def __floordiv__(self, other: Any) -> Any:
        return floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return floor_divide(other, self)

    def __mod__(self, other: Any) -> Any:
        return modulo(self, other)

    def __rmod__(self, other: Any) -> Any:
        return modulo(other, self)

    # Comparison -------------------------------------------------------------------------------------------------

    def _compare(self, other: Any, test: str) -> Any:
        right = _terms(other)
        if right is None and isinstance(other, str | float | tuple | list) and self.is_name:
            return self._undecided()  # a bare free name may stand for any value, not only for a number
        if right is None:
            return NotImplemented
        difference = _sum(self.terms, right, -1)
        if isinstance(difference, int):
            return {"==": difference == 0, "!=": difference != 0, "<": difference < 0, "<=": difference <= 0,
                    ">": difference > 0, ">=": difference >= 0}[test]
        return Unknown.because(Why.ARGUMENT, f"`{render(self)} {test} {_text(other)}` depends on {_listed(difference.names)}")

    def __eq__(self, other: object) -> Any:
        return self._compare(other, "==")

    def __ne__(self, other: object) -> Any:
        return self._compare(other, "!=")

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, "<")

    def __le__(self, other: Any) -> Any:
        return self._compare(other, "<=")

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, ">")

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, ">=")

    def _undecided(self) -> Unknown:
        return Unknown.because(Why.ARGUMENT, f"depends on {_listed(self.names)}")

    def __bool__(self) -> bool:
        return bool(self._undecided())

    def __index__(self) -> int:
        return self._undecided().__index__()

    def __int__(self) -> int:
        return self._undecided().__index__()


def unsized(name: str) -> Formula:
    """A size that the framework itself leaves open until there is data: ``None`` in a Keras shape. ``name`` tells it from others."""
    return Formula.free(f"None[{name}]")


def is_unsized(size: Size) -> bool:
    """Whether a size depends on one that the framework leaves open; no weight can have such a size."""
    return isinstance(size, Formula) and any("None[" in name for name in size.names)


def is_known(size: Size) -> bool:
    """Whether a size is a plain number."""
    return isinstance(size, int)


def floor_divide(left: Size, right: Size) -> Size:
    """``left // right``; exact where every coefficient divides, otherwise an atom of its own."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    quotient = exact_quotient(left, right)
    return quotient if quotient is not None else _atom(f"({_factor(left)} // {_factor(right)})")


def modulo(left: Size, right: Size) -> Size:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    return 0 if exact_quotient(left, right) is not None else _atom(f"({_factor(left)} % {_factor(right)})")


def exact_quotient(left: Size, right: Size) -> Size | None:
    """``left / right`` where it is a polynomial with whole coefficients, else None. The divisor is one term."""
    divisor = _terms(right)
    dividend = _terms(left)
    if divisor is None or dividend is None or len(divisor) != 1:
        return None
    (bottom, coefficient), = divisor.items()
    if coefficient == 0:
        return None
    result: dict[Monomial, int] = {}
    for monomial, count in dividend.items():
        powers = dict(monomial)
        for atom, power in bottom:
            powers[atom] = powers.get(atom, 0) - power
        if count % coefficient or any(power < 0 for power in powers.values()):
            return None
        result[tuple(sorted((a, p) for a, p in powers.items() if p))] = count // coefficient
    return _made(result)


def opaque(text: str) -> Size:
    """An atom for an operation that is no polynomial, named by its text (``max(a, b)``)."""
    return _atom(text)


def render(size: Size) -> str:
    """The formula as a person writes it, highest powers first."""
    if not isinstance(size, Formula):
        return str(size)
    terms = sorted(size.terms.items(), key=lambda item: (-sum(p for _, p in item[0]), item[0]))
    parts: list[str] = []
    for monomial, coefficient in terms:
        factors = [atom if power == 1 else f"{atom}**{power}" for atom, power in monomial]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        sign = "-" if coefficient < 0 else "+"
        parts.append((f" {sign} " if parts else ("-" if sign == "-" else "")) + "*".join(factors))
    return "".join(parts) or "0"


def product(sizes: Any) -> Size:
    result: Any = 1
    for size in sizes:
        result = result * size
    return result


def _terms(value: Any) -> dict[Monomial, int] | None:
    if isinstance(value, Formula):
        return value.terms
    return ({(): int(value)} if value else {}) if isinstance(value, int) else None


def _made(terms: dict[Monomial, int]) -> Any:
    terms = {m: c for m, c in terms.items() if c}
    if not terms:
        return 0
    if len(terms) == 1 and () in terms:
        return terms[()]
    if len(terms) > _MAX_TERMS:
        return Unknown.because(Why.LIMIT, f"a formula of more than {_MAX_TERMS} terms")
    return Formula(terms)


def _sum(left: Mapping[Monomial, int], right: Mapping[Monomial, int], sign: int) -> Any:
    terms = dict(left)
    for monomial, coefficient in right.items():
        terms[monomial] = terms.get(monomial, 0) + sign * coefficient
    return _made(terms)


def _product(left: Mapping[Monomial, int], right: Mapping[Monomial, int]) -> Any:
    if len(left) * len(right) > 50 * _MAX_TERMS:
        return Unknown.because(Why.LIMIT, f"a formula of more than {_MAX_TERMS} terms")
    terms: dict[Monomial, int] = {}
    for one, a in left.items():
        for two, b in right.items():
            powers = dict(one)
            for atom, power in two:
                powers[atom] = powers.get(atom, 0) + power
            monomial = tuple(sorted(powers.items()))
            terms[monomial] = terms.get(monomial, 0) + a * b
    return _made(terms)


def _atom(text: str) -> Any:
    if len(text) > _MAX_ATOM:
        return Unknown.because(Why.LIMIT, f"a formula of more than {_MAX_ATOM} characters")
    return Formula.free(text)


def _text(value: Any) -> str:
    return render(value)


def _factor(value: Any) -> str:
    """The text as a factor: in parentheses, unless it is one name, number or atom."""
    text = render(value)
    alone = not isinstance(value, Formula) or list(value.terms.items()) in ([(((text, 1),), 1)], [])
    return text if alone or (" " not in text and "*" not in text and not text.startswith("-")) else f"({text})"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


class Quotient:
    """A formula times a number that need not be whole: what ``d_model / 2`` or ``dim * mlp_ratio`` is before ``int()``."""

    __slots__ = ("formula", "scale")
    ONE: ClassVar = 1

    def __init__(self, formula: Formula, scale: Fraction | int) -> None:
        self.formula = formula
        self.scale = scale

    def __repr__(self) -> str:
        number = self.scale.numerator if self.scale.denominator == 1 else float(self.scale)
        return f"{number}*{_factor(self.formula)}"

    def scaled(self, factor: float | Fraction) -> Any:
        from fractions import Fraction  # with decimal numbers, for which most models have no use

        return Quotient(self.formula, self.scale * Fraction(factor))

    def divided(self, divisor: float) -> Any:
        from fractions import Fraction

        return Quotient(self.formula, self.scale / Fraction(divisor))

    @property
    def whole(self) -> bool:
        """Whether every coefficient comes out whole, so that rounding changes nothing."""
        return all((coefficient * self.scale).denominator == 1 for coefficient in self.formula.terms.values())

    def truncated(self) -> Size:
        """``int(self)``: a formula where every coefficient comes out whole, else an atom."""
        terms = {monomial: coefficient * self.scale for monomial, coefficient in self.formula.terms.items()}
        if all(value.denominator == 1 for value in terms.values()):
            return _made({monomial: int(value) for monomial, value in terms.items()})
        return _atom(f"int({self!r})")
