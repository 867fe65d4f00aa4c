"""Source text to IR; the only package that imports libcst."""
