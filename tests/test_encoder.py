"""The trained encoder: that the shipped weights answer as they were recorded to, and that the pipeline adds nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from compassion_coach.embedded.encoder import encoder, shares
from compassion_coach.embedded.windows import Asked
from compassion_coach.vocabulary import Quality

RECORDED = Path(__file__).parent / "recorded.json"
TEXTS = (
    "i am so sorry that it hurt.",
    "it was one interview.",
    "you should call her.",
    "the bus is at nine.",
)


def test_the_shipped_weights_answer_as_recorded() -> None:
    """Alone and with neighbours the shares are those of the day the weights were made, to two hundredths."""
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert recorded["version"] == encoder().card["version"]
    for row in recorded["texts"]:
        found = encoder().read([[Asked.whole(text) for text in row["sentences"]]])[0]
        got = [shares(logits["quality"])[0] for logits in found]
        np.testing.assert_allclose(got, row["shares"], atol=0.02)


def test_every_head_answers_every_span() -> None:
    """Each span asked has a row in each head; the first head knows every quality, and neutral."""
    text = "it makes sense, but you should call her."
    (found,) = encoder().read([[Asked(text, ((0, len(text)), (0, 15), (16, len(text))))]])[0]
    assert set(found) == set(encoder().card["heads"])
    assert all(len(rows) == 3 for rows in found.values())
    assert found["quality"].shape == (3, len(Quality) + 1)


def test_texts_hardly_change_each_other() -> None:
    """Batched with others, a text is what it is alone: int8 rounds by the batch, and no kind changes by it."""
    alone = [shares(encoder().read([[Asked.whole(text)]])[0][0]["quality"])[0] for text in TEXTS]
    read = encoder().read([[Asked.whole(text)] for text in TEXTS])
    np.testing.assert_allclose(alone, [shares(found[0]["quality"])[0] for found in read], atol=0.15)


def test_neighbours_are_heard() -> None:
    """The same words among other sentences are not the same sentence."""
    alone = encoder().read([[Asked.whole(TEXTS[1])]])[0][0]["quality"]
    after = encoder().read([[Asked.whole(text) for text in TEXTS]])[0][1]["quality"]
    assert not np.allclose(alone, after, atol=0.05)


@pytest.mark.parametrize("text", ["", " ", "x" * 5000, "so " * 3000, "\U0001f331", "日本語", "a\n" * 50])
def test_any_text_has_an_answer(text: str) -> None:
    """Blank, endless, wordless or foreign: there is a finite row for it."""
    (found,) = encoder().read([[Asked.whole(text)]])[0]
    assert np.isfinite(found["quality"]).all()


def test_long_letters_are_read_in_windows_and_no_sentence_is_lost() -> None:
    """Three hundred sentences have three hundred answers."""
    found = encoder().read([[Asked.whole(f"you waited {n} minutes for her.") for n in range(300)], []])
    assert [len(text) for text in found] == [300, 0]
    assert all(one["quality"].shape[0] == 1 for one in found[0])
