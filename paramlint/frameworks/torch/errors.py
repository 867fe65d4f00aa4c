"""What torch raises where an entry does not say another exception."""

from paramlint.schema.framework import Errors

ERRORS = Errors(refused="ValueError", wrong_kind="TypeError", not_an_integer="TypeError", operand="TypeError", mismatch="RuntimeError")
