"""Makes the helpers of this folder importable from all tests, in which defects of ours are errors."""

import os

from hypothesis import settings

from paramlint.core import defects

defects.strict(True)
# The same programs in every run of CI: what a change breaks is told apart from what a draw finds. Other runs draw new ones.
settings.register_profile("fixed", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("fixed")
