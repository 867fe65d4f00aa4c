"""How often Python looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Allocations between two searches. What is made here is modules, trees and models that stay: at Python's own 700, looking for garbage among
# them costs a twelfth of a short run.
ALLOCATIONS = 50_000


@contextmanager
def seldom_sought() -> Iterator[None]:
    """For a while, look for garbage as seldom as suits work that makes much and drops little."""
    usual = gc.get_threshold()
    if 0 < usual[0] < ALLOCATIONS:
        gc.set_threshold(ALLOCATIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def not_sought() -> Iterator[None]:
    """A tree is many objects and no garbage: collecting while it grows costs a tenth of the parse and more."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
