"""einops, as of version 0.8: functions on the tensors of any framework. Its layers are with the frameworks that they are layers of."""

from __future__ import annotations

from paramlint.schema.framework import Framework

FRAMEWORK = Framework(
    name="einops",
    roots=("einops",),
    aliases={"einops.einops": "einops", "einops.packing": "einops", "einops.array_api": "einops"},
    families=(f"{__name__}.ops",),
    layers="",
    module_bases=(),
    call="",
)
