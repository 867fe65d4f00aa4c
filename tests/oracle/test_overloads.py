"""What is recorded of the signatures of torch's compiled functions is what torch takes."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.oracle
torch = pytest.importorskip("torch")


def test_record_is_the_frameworks_own() -> None:
    from record_overloads import RECORD, record

    assert RECORD.read_text(encoding="utf-8") == record()
