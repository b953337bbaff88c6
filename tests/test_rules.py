"""Every rule carries examples; here they are tests."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import pytest
import re2
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from compassion_coach.data import names_under, read_text, read_toml
from compassion_coach.errors import DataError
from compassion_coach.rules import ready, written
from compassion_coach.rules.needed import CELL, EDGE, Needed, needed
from compassion_coach.rules.patterns import Bank, bank_of
from compassion_coach.rules.ready import made_ready, rules_ready
from compassion_coach.rules.written import FAMILIES, LISTS, Rule, load_rules, rules_of
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind, Level, Quality

RULES = [
    (name, rule)
    for family, about in FAMILIES.items()
    for name in names_under(f"guardrails/{family}", ".toml")
    for rule in load_rules(name, about)
]
# These match by their shape, and are tried on every text.
NEED_NOTHING = {r"^\W*([a-z]\.? ?){1,3}\W*$", r"\d(?:[ ()./+-]{0,2}\d){5,}"} | {
    p for r in rules_of("rails") for p in r.patterns if p.endswith(r" ?\d+\b")
}


def patterns_of(rule: Rule) -> list[str]:
    return [pattern for key in LISTS for pattern in getattr(rule, key)]


def ids(case: tuple[str, Rule]) -> str:
    return f"{case[0].removeprefix('guardrails/')}:{case[1].name}"


@pytest.mark.parametrize("case", RULES, ids=ids)
def test_a_rule_matches_and_passes_its_examples(case: tuple[str, Rule]) -> None:
    """A rule matches each example it must match, and none it must pass; it has some of both."""
    rule = case[1]
    bank = Bank([rule])
    assert rule.match
    assert rule.pass_over
    assert [text for text in rule.match if not list(bank.hits(fold(text).text))] == []
    assert [text for text in rule.pass_over if list(bank.hits(fold(text).text))] == []


def test_rule_names_are_unique_in_their_family() -> None:
    """No two rules of a family share a name."""
    names = [(name.rsplit("/", 1)[0], rule.name) for name, rule in RULES]
    assert sorted(set(names)) == sorted(names)


def test_rules_speak_the_vocabulary() -> None:
    """Kinds, qualities, levels and confidences are ones that exist, and a quality belongs to its kind."""
    for name, rule in RULES:
        if name.startswith("guardrails/marks"):
            assert 0 < rule.about["confidence"] < 1, rule.name
            kind = Kind(rule.about["kind"])
            assert kind is Kind.NEUTRAL or Quality(rule.about["quality"]).kind is kind, rule.name
        if name.startswith("guardrails/distress"):
            assert Level(rule.about["level"]) is not Level.NONE, rule.name
        if name.startswith("guardrails/rails"):
            assert rule.about["rail"] in read_toml("guardrails/rails.toml")["messages"], rule.name


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[[rule]]\nname = "a"\npatterns = ["x"]\nmatch = ["x"]\npass = ["y"]', "rail"),
        ('[[rule]]\nname = "a"\nrail = "x"\npatterns = ["{who}"]\nmatch = ["x"]\npass = ["y"]', "who"),
        ('[[rule]]\nname = "a"\nrail = "x"\npaterns = ["x"]\nmatch = ["x"]\npass = ["y"]', "nothing unknown"),
        ("[[rule]", "TOML"),
    ],
)
def test_a_broken_rule_file_says_what_is_wrong(toml: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that is missing, misspelt or undefined, and a file that is no TOML, are each named."""
    monkeypatch.setattr("compassion_coach.data.read_text", lambda _: toml)
    with pytest.raises(DataError, match=told):
        load_rules("guardrails/rails/broken.toml", ["rail"])


def test_a_pattern_that_re2_does_not_take_is_named() -> None:
    """Look-around is refused when the rules are loaded, not when a letter is read."""
    with pytest.raises(DataError, match="ahead"):
        Bank([Rule("ahead", ("a(?=b)",), ("ab",), ("c",))])


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_ready_is_what_the_files_say(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of rules was changed without `make ready`: the same rules are there, and nothing has to be parsed."""
    monkeypatch.setattr(ready, "load_rules", lambda name, _: pytest.fail(f"{name} was changed: `make ready`"))
    there = list(rules_ready(family, made_ready(family)))
    assert there == [replace(rule, match=(), pass_over=()) for rule in rules_of(family)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_needed_words_are_those_of_the_patterns(family: str) -> None:
    """Every pattern has its words written down, but for those that match by their shape."""
    made = made_ready(family)
    patterns = {pattern for rule in rules_of(family) for pattern in patterns_of(rule)}
    told = set(made["texts"][: len(made["also"])])
    assert told <= patterns
    assert patterns - told <= NEED_NOTHING


def test_a_file_that_changed_since_is_read_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are those that share a changed list of words; the rules of all others are as they were made ready."""
    there = list(rules_ready("distress", made_ready("distress")))
    parsed = list[str]()
    digest = ready.digest_of

    def load(name: str, about: Sequence[str]) -> tuple[Rule, ...]:
        parsed.append(name)
        return load_rules(name, about)

    monkeypatch.setattr(ready, "load_rules", load)
    monkeypatch.setattr(ready, "digest_of", lambda name: "0" if "suicide_now" in name else digest(name))
    again = list(rules_ready("distress", made_ready("distress")))
    assert parsed == ["guardrails/distress/suicide_now.toml"]
    assert [replace(rule, match=(), pass_over=()) for rule in again] == there
    monkeypatch.setattr(ready, "digest_of", lambda name: "0" if "/words/" in name else digest(name))
    assert len(list(rules_ready("distress", made_ready("distress")))) == len(there)
    shared = [name for name in names_under("guardrails/distress", ".toml") if "words_from" in read_toml(name)]
    assert parsed[1:] == shared
    assert shared


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_pattern_makes_holds_the_words_it_needs(family: str, data: st.DataObject) -> None:
    """Whatever text is made from a pattern is among those that the pattern is tried on."""
    patterns = [pattern for rule in rules_of(family) for pattern in patterns_of(rule)]
    at = data.draw(st.sampled_from([at for at, pattern in enumerate(patterns) if "\\x{" not in pattern]))
    text = data.draw(st.from_regex(patterns[at]))
    assume("  " not in text)  # as in whatever is folded
    assume(re2.search(patterns[at], text))  # what Python calls a letter is not always one to RE2
    assert at in words_needed(family).likely(text)


def test_a_pattern_without_needed_words_is_tried_everywhere() -> None:
    """Where a rule is newer than the file of its family, it is found all the same."""
    rule = Rule("new", ("zyx+w",), (), ())
    bank = Bank([*rules_of("marks"), rule], partial(needed, made_ready("marks")))
    assert [hit.rule.name for hit in bank.hits("a zyxxw")] == ["new"]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_needed_word_has_two_blanks_in_a_row(family: str) -> None:
    """Folding leaves no such blanks, and such a word would not be found where they are."""
    words = made_ready(family)["words"]
    assert [word for line in words.values() for word in line.split(CELL)[::3] if "  " in word] == []


@cache
def words_needed(family: str) -> Needed:
    patterns = [pattern for rule in rules_of(family) for pattern in patterns_of(rule)]
    return needed(made_ready(family), patterns)


def test_re2_takes_every_pattern() -> None:
    """What takes a match back is compiled when it is needed; here all of them are, so that none breaks then."""
    for _, rule in RULES:
        for pattern in patterns_of(rule):
            assert re2.compile(pattern)


@pytest.mark.parametrize("family", FAMILIES)
def test_trying_only_what_may_match_loses_nothing(family: str) -> None:
    """On every example of a family the bank finds what each rule finds by itself."""
    rules = rules_of(family)
    together, alone = bank_of(family), [Bank([rule]) for rule in rules[::7]]
    for text in [fold(text).text for rule in rules[::11] for text in rule.match]:
        by_each = [(hit.rule.name, hit.start, hit.end) for bank in alone for hit in bank.hits(text)]
        names = {name for name, *_ in by_each}
        assert [(h.rule.name, h.start, h.end) for h in together.hits(text) if h.rule.name in names] == by_each


def test_unless_takes_back_what_it_overlaps_and_nothing_else() -> None:
    """A second, real match in the same sentence stands."""
    bank = Bank([Rule("r", (r"\bmust\b",), (), (), unless=(r"\byou think you must\b",))])
    assert [hit.start for hit in bank.hits("you think you must but you must go")] == [27]


def test_what_files_share_is_shared_and_means_the_same_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file has a word for nothing, more than one uses what they share, and none can give that another meaning."""
    shared = read_toml("guardrails/words/distress.toml")["words"]
    files = {name: read_text(name) for family in FAMILIES for name in names_under(f"guardrails/{family}", ".toml")}
    assert [
        (name, word) for name in files for word in read_toml(name).get("words", ()) if f"{{{word}}}" not in files[name]
    ] == []
    assert [word for word in shared if sum(f"{{{word}}}" in text for text in files.values()) < 2] == []
    tables = {"x.toml": {"words_from": "w.toml", "words": {"few": "x", "a": "b"}}, "w.toml": {"words": {"few": "y"}}}
    monkeypatch.setattr(written, "read_toml", tables.__getitem__)
    with pytest.raises(DataError, match="few"):
        load_rules("x.toml", ["kind", "level"])


def test_a_hint_is_a_hit_that_is_not_sure() -> None:
    """Patterns speak for themselves, hints do not; `unless` takes back both."""
    rule = Rule("r", (r"\bmust\b",), (), (), unless=(r"\bif you must\b",), hints=(r"\bmay\b",))
    hits = [(hit.start, hit.sure) for hit in Bank([rule]).hits("you must, you may, if you must")]
    assert hits == [(4, True), (14, False)]
    assert [hit.sure for hit in Bank([Rule("r", (), (), (), hints=("may",))]).hits("may")] == [False]


def test_a_rule_needs_patterns_or_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hints alone are enough; neither is an error that names the rule."""
    rule = {"name": "soft", "match": [], "pass": [], "rail": "advice"}
    monkeypatch.setattr(written, "read_toml", lambda _: {"rule": [rule | {"hints": ["may"]}]})
    assert load_rules("x.toml", ["rail"])[0].hints == ("may",)
    monkeypatch.setattr(written, "read_toml", lambda _: {"rule": [rule]})
    with pytest.raises(DataError, match="soft"):
        load_rules("x.toml", ["rail"])


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("want to die", [0, 3]),
        ("i want to diet", [0, 3]),
        ("wanted to die", []),
        ("want to d ie", []),
        ("to die is what i want", []),
        ("sh", [1]),
        ("the sh, again", [1]),
        ("she-sh", [1]),
        ("she wishes", []),
        ("i wish", []),
        ("good", []),
        ("good day", []),
        ("good now", []),
        ("good day now", [2]),
        ("now today is good", [2]),
        ("sh, want to die", [0, 1, 3]),
    ],
)
def test_a_pattern_is_tried_where_its_words_stand(text: str, tried: list[int]) -> None:
    """Words that reach over blanks, words with edges, words of which more have to be there; each place of a pattern."""
    whole = {
        "sh": (f"{EDGE}sh{EDGE}", "1", ""),
        "good": ("good", "2", ""),
        "day": ("day", "", "0"),
        "now": ("now", "", "1"),
    }
    words = {" to ": CELL.join(["o d", "want to die", "0", ""])}
    words |= {part: CELL.join(["", *cells]) for part, cells in whole.items()}
    assert Needed(words, [[], [], [0, 1]], [[0, 3], [1], [2]], ()).likely(text) == tried


@pytest.mark.parametrize("between", ["", "-", "§", "🌱", "1"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_piece_too_long_for_a_word_holds_the_same_words(
    family: str, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a text without blanks other parts are looked up than in a word, and the same ones are found."""
    texts = [fold(text).text.replace(" ", between) * 9 for rule in rules_of(family)[::9] for text in rule.match]
    found = list(map(words_needed(family).likely, texts))
    monkeypatch.setattr("compassion_coach.rules.needed._LONGEST", max(map(len, texts)) + 2)
    words_needed.cache_clear()
    assert found == list(map(words_needed(family).likely, texts))
    assert any(found)


def test_words_made_of_each_other_in_a_circle_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would never end; words that are made of words that are made of words do."""
    rule = '[[rule]]\nname = "a"\npatterns = ["{a}"]\nmatch = []\npass = []\n'
    tables = {
        "deep": '[words]\na = "{b}"\nb = "{c}"\nc = "{d}"\nd = "{e}"\ne = "x"\n' + rule,
        "circle": '[words]\na = "{b}"\nb = "{a}"\n' + rule,
    }
    monkeypatch.setattr("compassion_coach.rules.written.read_toml", lambda name: tomllib.loads(tables[name]))
    assert load_rules("deep", ())[0].patterns == ("(?:(?:(?:(?:(?:x)))))",)
    with pytest.raises(DataError, match="circle"):
        load_rules("circle", ())
