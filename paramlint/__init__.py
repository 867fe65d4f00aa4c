"""paramlint reads the source of neural-network models and says how big they are."""

__version__ = "0.1.0"
