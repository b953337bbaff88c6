"""People to turn to: the right country's or none's, and never out of date unseen."""

import datetime
import hashlib

import pytest

from compassion_coach import Coach, Reflection
from compassion_coach.data import read_toml
from compassion_coach.errors import SettingError
from compassion_coach.reflection import Distress, Signal
from compassion_coach.support import people, resolve_region, support_for, support_unread
from compassion_coach.vocabulary import Level


def distress(level: Level, kind: str = "suicide") -> Distress:
    return Distress(level=level, signals=(Signal(kind=kind, start=0, end=1, quote="x"),))


REGISTRY = read_toml("guardrails/helplines.toml")


@pytest.mark.parametrize(
    "line", REGISTRY["line"] + REGISTRY["anywhere"], ids=lambda line: f"{line['region']} {line['number']}"
)
def test_a_helpline_was_verified_within_a_year(line: dict[str, str]) -> None:
    """An entry that nobody has checked for twelve months fails the build."""
    age = datetime.datetime.now(tz=datetime.UTC).date() - datetime.date.fromisoformat(line["verified_on"])
    assert age.days <= 366


@pytest.mark.parametrize(
    ("region", "numbers"),
    [
        ("US", {"911", "988", "741741"}),
        ("CA", {"911", "988"}),
        ("UK", {"999", "116 123", "111"}),
        ("GB", {"999", "116 123", "111"}),
        ("IE", {"112", "999", "116 123", "50808"}),
        ("AU", {"000", "13 11 14", "0477 13 11 14"}),
        ("NZ", {"111", "1737"}),
        ("IN", {"112", "14416", "1-800-891-4416"}),
        ("EU", {"112"}),
        ("DE", {"112"}),
    ],
)
def test_each_region_has_its_own_numbers(region: str, numbers: set[str]) -> None:
    """Numbers stand as they are dialled, the emergency number first, the directory last."""
    lines = people(region).helplines
    assert {line.number for line in lines} == numbers | {"findahelpline.com"}
    assert lines[0].emergency
    assert lines[-1].number == "findahelpline.com"


@pytest.mark.parametrize("region", ["BR", None])
def test_another_or_no_country_gets_no_countrys_numbers(region: str | None) -> None:
    """Unknown never means the US."""
    lines = people(region).helplines
    assert [line.number for line in lines] == ["your local emergency number", "findahelpline.com"]


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({"LANG": "en_IE.UTF-8"}, ("IE", True)),
        ({"LANG": "en_GB"}, ("UK", True)),
        ({"LC_ALL": "en_AU.UTF-8", "LANG": "en_US.UTF-8"}, ("AU", True)),
        ({"LANG": "C.UTF-8"}, (None, False)),
        ({"LANG": "en"}, (None, False)),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, (None, False)),
        ({}, (None, False)),
    ],
)
def test_a_locale_is_a_labelled_guess(environment: dict[str, str], region: tuple[str | None, bool]) -> None:
    """The region is guessed from the locale and says that it is a guess; without one it stays unknown."""
    assert resolve_region(None, environment) == region


def test_a_told_region_is_no_guess() -> None:
    """--region decides, in either case of letters."""
    assert resolve_region("gb", {"LANG": "en_US.UTF-8"}) == ("UK", False)


@pytest.mark.parametrize("region", ["England", "U", "1A", ""])
def test_a_region_that_is_no_code_is_refused(region: str) -> None:
    """The message says what a region looks like."""
    with pytest.raises(SettingError, match="two-letter"):
        resolve_region(region)


def test_every_level_has_its_words() -> None:
    """None at `none`; words at every other, with people at `concern` and `urgent`."""
    assert support_for(distress(Level.NONE)) is None
    for level in (Level.TENDER, Level.CONCERN, Level.URGENT):
        support = support_for(distress(level), "UK")
        assert support is not None
        assert support.message
        assert bool(support.helplines) == (level is not Level.TENDER)
    assert support_unread("NZ").helplines


def test_urgent_words_fit_the_kind() -> None:
    """Violence, danger to another and an act already done each have their own words."""
    told = {
        kind: support_for(distress(Level.URGENT, kind)) for kind in ("suicide", "abuse", "harm_to_others", "medical")
    }
    assert len({support.message for support in told.values() if support}) == 4


MESSAGES = {
    f"{name}:{kind}": " ".join(text.split())
    for name in ("urgent", "concern", "tender", "unread")
    for kind, text in read_toml(f"guardrails/support/{name}.toml")["messages"].items()
}


@pytest.mark.parametrize("name", MESSAGES)
def test_support_words_keep_their_rules(name: str) -> None:
    """Short; never an order, a comparison, a promise or the words that guidance on suicide warns of."""
    message = MESSAGES[name].lower()
    assert len(message.split()) <= 80
    for never in ("should", "must", "at least", "promise", "committed", "secret", "others have", "calm down", "why"):
        assert never not in message.split(), never
    if name.startswith(("urgent", "concern")):
        assert "program" in message
        assert "emergency number" in message
        assert "you trust" in message or "near you" in message


def test_support_words_do_not_change_without_a_new_version() -> None:
    """Each file of support words names its version, and `versions.toml` holds the fingerprint that was reviewed."""
    reviewed = read_toml("guardrails/support/versions.toml")
    for name in ("urgent", "concern", "tender", "unread"):
        kept = read_toml(f"guardrails/support/{name}.toml")
        told = "\n".join(f"{kind}: {' '.join(text.split())}" for kind, text in sorted(kept["messages"].items()))
        assert reviewed[name]["version"] == kept["version"], f"{name}: review the words, then renew versions.toml"
        assert reviewed[name]["sha256"] == hashlib.sha256(told.encode()).hexdigest(), f"{name} changed without review"


def test_people_come_back_from_json_as_they_were() -> None:
    """A reflection with helplines in it is a frozen value like any other."""
    reflection = Coach(region="UK").reflect("I am going to kill myself tonight.")
    assert Reflection.from_json(reflection.to_json()) == reflection
    assert hash(reflection)
