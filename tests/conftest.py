"""Makes the helpers of this folder importable from all tests, in which defects of ours are errors."""

from paramlint.core import defects

defects.strict(True)
