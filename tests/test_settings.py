"""Settings: which source holds, and what is said of a wrong one."""

from pathlib import Path
from typing import Any

import pytest

from compassion_coach import Coach
from compassion_coach.address import server_of
from compassion_coach.errors import SettingError
from compassion_coach.settings import load


def test_nearest_source_holds() -> None:
    """Option, then our variable, then OpenAI's, then the folder's file, then the user's."""
    Path("compassion-coach.toml").write_text('model = "folder"\nregion = "IE"\ntimeout = 5\n', "utf-8")
    home = Path(".config/compassion-coach")
    home.mkdir(parents=True)
    (home / "config.toml").write_text('model = "user"\nbase_url = "http://user/v1"\nstrict = true\n', "utf-8")
    told = {"OPENAI_API_KEY": "k1", "COMPASSION_COACH_REGION": "NZ", "HOME": str(Path.cwd())}
    settings = load({"model": "option", "key": None}, told)
    assert (settings.model, settings.region, settings.timeout) == ("option", "NZ", 5.0)
    assert (settings.base_url, settings.strict, settings.key) == ("http://user/v1", True, "k1")
    assert settings.sources["key"] == "OPENAI_API_KEY"


def test_our_key_comes_before_openais() -> None:
    """COMPASSION_COACH_KEY holds where both are set."""
    assert load({}, {"OPENAI_API_KEY": "theirs", "COMPASSION_COACH_KEY": "ours"}).key == "ours"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"COMPASSION_COACH_MODLE": "x"}, "nearest is model"),
        ({"COMPASSION_COACH_TIMEOUT": "soon"}, "number of seconds"),
        ({"COMPASSION_COACH_TIMEOUT": "nan"}, "number of seconds"),
        ({"COMPASSION_COACH_STRICT": "perhaps"}, "true or false"),
        ({"OPENAI_BASE_URL": "localhost:11434/v1"}, "address"),
        ({"OPENAI_BASE_URL": "http://"}, "address"),
        ({"OPENAI_BASE_URL": "http://[::1"}, "address"),
        ({"OPENAI_BASE_URL": "http://host:99999/v1"}, "address"),
        ({"OPENAI_BASE_URL": "http://host/v1?x=1"}, "address"),
        ({"OPENAI_BASE_URL": "http://host/v1#x"}, "address"),
        ({"OPENAI_BASE_URL": "http://host/v1?"}, "address"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(environment: dict[str, str], told: str) -> None:
    """An unknown name is told the nearest one; a wrong value is told its kind."""
    with pytest.raises(SettingError, match=told):
        load({}, environment)


def test_a_byte_order_mark_is_no_part_of_a_setting() -> None:
    """Some editors begin a file with one."""
    Path("compassion-coach.toml").write_text('region = "IE"\n', "utf-8-sig")
    assert load({}, {}).region == "IE"


@pytest.mark.parametrize("base_url", ["http://[::1", "http://x:abc/v1", "localhost:11434/v1", " http://x/v1", ""])
def test_a_coach_takes_no_address_that_settings_would_not_take(base_url: str) -> None:
    """It says so at once, and not when a letter is there."""
    with pytest.raises(SettingError, match="address"):
        Coach(model="m", base_url=base_url)


@pytest.mark.parametrize("timeout", [float("nan"), float("inf"), 0.0, -1.0, 3601.0])
def test_a_coach_has_the_bounds_of_settings(timeout: float) -> None:
    """A limit that is none would keep a letter waiting for ever, or end before it began."""
    with pytest.raises(SettingError, match="number of seconds"):
        Coach(timeout=timeout)
    assert Coach(timeout=3600).timeout == 3600


def test_a_broken_file_is_named_without_its_words() -> None:
    """The message names the file, and holds nothing that could be a key."""
    Path("compassion-coach.toml").write_text('key = "sk-secret\n', "utf-8")
    with pytest.raises(SettingError, match=r"compassion-coach\.toml") as caught:
        load({}, {})
    assert "sk-secret" not in str(caught.value)


def test_a_key_never_shows_in_a_printout() -> None:
    """The value that holds the settings does not print the key."""
    assert "hush" not in repr(load({"key": "hush"}, {}))


def here(told: str) -> None:
    Path("compassion-coach.toml").write_text(told, "utf-8")


def test_a_server_of_this_folders_file_gets_no_key_that_was_meant_for_another() -> None:
    """A folder may come from anywhere: neither OpenAI's key nor that of the user's own settings goes there."""
    home = Path(".config/compassion-coach")
    home.mkdir(parents=True)
    (home / "config.toml").write_text('key = "k2"\n', "utf-8")
    around = {"HOME": str(Path.cwd())}
    here('base_url = "http://elsewhere/v1"\n')
    for environment, source in [({**around, "OPENAI_API_KEY": "k1"}, "OPENAI_API_KEY"), (around, "config.toml")]:
        settings = load({"model": "m"}, environment)
        assert (settings.base_url, settings.key) == ("http://elsewhere/v1", None)
        assert settings.kept_back
        assert source in settings.kept_back
        assert "COMPASSION_COACH_KEY" in settings.kept_back
    assert load({"base_url": "http://mine/v1"}, around).key == "k2"


def test_a_server_of_this_folders_file_gets_a_key_that_was_given_to_it() -> None:
    """The file's own key, our variable, and the option: each goes to the server that the file names."""
    meant = {"OPENAI_API_KEY": "k1"}
    here('base_url = "http://elsewhere/v1"\nkey = "k3"\n')
    beside = load({}, meant)
    assert (beside.key, beside.sources["key"], beside.kept_back) == ("k3", "compassion-coach.toml", None)
    assert load({}, {**meant, "COMPASSION_COACH_KEY": "k4"}).key == "k4"
    assert load({"key": "k5"}, meant).key == "k5"
    assert load({"base_url": "http://mine/v1"}, meant).key == "k1"
    assert load({}, {**meant, "OPENAI_BASE_URL": "http://mine/v1"}).key == "k1"


def test_it_is_told_where_a_letter_goes_that_no_server_was_named_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that sends reads the environment itself, so what is told reads it as well."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert server_of(None) == "api.openai.com"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://letters.example:8000/v1")
    assert server_of(None) == "letters.example, unencrypted"
    assert server_of("https://other.example/v1") == "other.example"


@pytest.mark.parametrize(
    "given", [{"model": ""}, {"model": " "}, {"key": 5}, {"timeout": "60"}, {"region": 5}, {"base_url": 5}]
)
def test_a_coach_takes_no_setting_of_the_wrong_kind(given: dict[str, Any]) -> None:
    """What would end in some other error when a letter is there is told when it is made."""
    with pytest.raises(SettingError):
        Coach(**given)


def test_a_password_in_an_address_is_not_shown() -> None:
    """Whoever prints a coach finds neither key nor address."""
    assert "hunter2" not in repr(Coach(model="m", base_url="http://me:hunter2@127.0.0.1/v1", key="hunter2"))


def test_an_address_of_the_environment_that_is_none_is_told_when_a_coach_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no model is named nobody reads it."""
    monkeypatch.setenv("OPENAI_BASE_URL", "nowhere")
    with pytest.raises(SettingError, match="OPENAI_BASE_URL"):
        Coach(model="m", key="k")
    assert Coach().base_url is None
