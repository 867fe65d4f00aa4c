"""``python -m paramlint.frameworks`` records which family of a framework has which names."""

from __future__ import annotations

from paramlint.frameworks import REGISTRY
from paramlint.schema.tables import write_record


def main() -> None:
    for framework in REGISTRY.frameworks:
        write_record(framework)


if __name__ == "__main__":
    main()
