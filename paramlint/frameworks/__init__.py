"""What the frameworks' layers are: knowledge only, one package a framework, one file a family of layers."""

from __future__ import annotations

from paramlint.frameworks.einops import FRAMEWORK as EINOPS
from paramlint.frameworks.keras import FRAMEWORK as KERAS
from paramlint.frameworks.paddle import FRAMEWORK as PADDLE
from paramlint.frameworks.torch import FRAMEWORK as TORCH
from paramlint.schema.registry import Registry

REGISTRY = Registry((TORCH, KERAS, PADDLE, EINOPS))
