"""Options, where they come from, and what they are for one file."""

from paramlint.config.load import ConfigError, Configs
from paramlint.config.options import OPTIONS, BadValueError, Config, ModelEntry, Option, document, nearest
from paramlint.config.values import Patterns

__all__ = ["OPTIONS", "BadValueError", "Config", "ConfigError", "Configs", "ModelEntry", "Option", "Patterns", "document", "nearest"]
