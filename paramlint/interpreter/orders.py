"""The order in which the attributes of classes are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paramlint.interpreter.values import ClassValue


class MroConflict(Exception):
    """Bases that have no consistent order."""


def linearise(sequences: list[list[ClassValue]]) -> list[ClassValue]:
    """The C3 merge of base orders. Source: the Python language reference, "The Python 2.3 Method Resolution Order"."""
    result: list[ClassValue] = []
    sequences = [sequence for sequence in sequences if sequence]
    while sequences:
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            heads = dict.fromkeys(sequence[0].name for sequence in sequences)
            raise MroConflict(f"Cannot create a consistent method resolution\norder (MRO) for bases {', '.join(heads)}")
        result.append(head)
        sequences = [rest for rest in ([c for c in sequence if c is not head] for sequence in sequences) if rest]
    return result
