"""Makes the command line of the front ends' tests usable here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "front_ends"))
