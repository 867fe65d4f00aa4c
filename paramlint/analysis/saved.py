"""What training keeps for the backward pass: the memory that autograd saves, each once, weights and buffers of the model left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from paramlint.analysis.alive import Held, Store, is_float, total_of
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import backward
from paramlint.frameworks.kept_by_layers import Kept, bytes_of
from paramlint.frameworks.memory import Used


class Saved:
    """What the calls of one pass in training mode keep."""

    def __init__(self) -> None:
        self._stores: dict[int, Store] = {}
        self._extra: list[Any] = []  # bytes beside tensors
        self.by_formula = False  # whether something was followed by its formula that devices have kernels for
        self.doubts: dict[Reason, None] = {}
        self.lost: dict[Reason, None] = {}  # why not even a part of what training keeps is known

    def doubt(self, reason: Reason) -> None:
        self.doubts.setdefault(reason)

    def keep(self, ways: Sequence[Used], read: Sequence[Held], made: Sequence[Held | None], values: Sequence[TensorValue], site: Any,
             what: str) -> None:
        """Note what is kept of a call of which training asks for a derivative; ``ways`` are the call on each device where that differs."""
        used = ways[0]
        if not any(is_float(value.tensor) for value in values):
            return
        if not backward.keeps_are_known(used):
            self.doubt(Reason(Why.UNSUPPORTED, "what training keeps is known of PyTorch alone"))
            return
        try:
            found = backward.on_all_devices([(way, backward.kept(way)) for way in ways])
        except NeedsValue as error:
            reason = error.unknown.reason
            self.doubt(reason if reason.site is not None else Reason(reason.kind, reason.message, site))
            return
        if found is None:
            self.doubt(Reason(Why.UNSUPPORTED, f"what training keeps of `{what}`", site))
            return
        self.by_formula |= backward.has_kernels(used)
        self._note(found, used, read, made)

    def save(self, stores: Iterable[Store]) -> None:
        """Note memory that the analysed code says it keeps."""
        for store in stores:
            self._save(store)

    def _note(self, found: Kept, used: Used, read: Sequence[Held], made: Sequence[Held | None]) -> None:
        for at in found.inputs[:len(read)]:
            if at == 0 and used.changes:  # what it was before
                self._extra.append(bytes_of(used.inputs[at]))
            else:
                self._save(read[at].store)
        for at in found.outputs:
            held = made[at] if at < len(made) else None
            if held is not None:
                self._save(held.store)
        for at in found.loose:
            self._stores.setdefault(id(read[at].store), read[at].store)
            read[at].store.loose += 1
        if not (isinstance(found.extra, int) and found.extra == 0):
            self._extra.append(found.extra)

    def _save(self, store: Store) -> None:
        self._stores.setdefault(id(store), store)
        store.saved = True

    def total(self, own: Collection[int], doubts: Sequence[Reason]) -> Count:
        """The bytes; ``own`` are the ids of the model's weights and buffers."""
        if self.lost:
            return Count(0, True, tuple(self.lost))
        reasons = dict.fromkeys((*doubts, *self.doubts))
        sizes: list[Any] = []
        for store in self._stores.values():
            if store.origin is not None and id(store.origin) in own:
                continue
            if store.loose > 1 or (store.loose and store.saved):
                reasons.setdefault(Reason(Why.UNSUPPORTED, "whether training keeps a tensor or copies of it, which depends on the device"))
            if isinstance(store.size, Unknown):
                reasons.setdefault(store.size.reason)
            else:
                sizes.append(store.size)
        return Count(0, bool(reasons), tuple(reasons)) + total_of([*self._extra, *sizes])
