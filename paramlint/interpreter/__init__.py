"""A careful evaluator of ordinary Python over abstract values. It knows Python and no library, and does no I/O."""
