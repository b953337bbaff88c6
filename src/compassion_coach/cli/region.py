"""Which country's helplines are shown: broken settings are told, and stand between nobody and help."""

import os
from collections.abc import Mapping

from compassion_coach.cli.aside import complain


def region_told(option: str | None) -> str | None:
    """Return the region of the settings; where they are broken, what is told and can be understood without them."""
    from compassion_coach.errors import SettingError
    from compassion_coach.settings import load

    try:
        return load({"region": option}).region
    except SettingError as error:
        complain(error)
        return region_without_settings(option)


def region_without_settings(option: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the region of the option, else of its variable, the first that is one; else none."""
    from compassion_coach.support import code_of

    told = (option, environment.get("COMPASSION_COACH_REGION"))
    return next((code for one in told if one and (code := code_of(one))), None)
