"""Pre-screening for therapists: a folder of letters in, a report out, all on this machine. `report.py` has the way."""

from compassion_coach.prescreen.forgotten import forget
from compassion_coach.prescreen.options import Options, Summary
from compassion_coach.prescreen.report import prescreen

__all__ = ["Options", "Summary", "forget", "prescreen"]
