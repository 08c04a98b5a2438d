"""Moods by open cues, severity, the three-line summary, heads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.understanding.emotion import MOODS, NEUTRAL, Mood, cues, read
from dragoman.understanding.head import Lesson, softmax, train
from dragoman.understanding.severity import Severity, Stakes, judge
from dragoman.understanding.summary import Said, summarise
from dragoman.understanding.taxonomy import groups, leaves
from dragoman.web.wants import GROUP, INTENT, MOOD

FIRST = "Hello,\nmy lamp 302-5829104-1234567 came broken, the glass is in pieces. Thanks"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mood(text: str, language: str = "en", unanswered: int = 0) -> Mood:
    return read(text, language, None, unanswered)


@pytest.mark.req("R198", "R199")
def test_capitals_marks_and_repetition_are_heard() -> None:
    assert mood("WHERE IS MY MONEY").label == "angry"
    assert "WHERE IS MY MONEY" in mood("WHERE IS MY MONEY").why
    assert mood("where is my money").label == "calm"
    assert cues("please!!!", "en").loud > cues("please!", "en").loud
    assert cues("sooooo slow", "en").loud > 0
    assert mood("Ref ABC-12 USB OK").label == "calm", "a code is not shouted"


@pytest.mark.req("R198")
def test_silence_counts() -> None:
    patient, left_alone = cues("any news?", "en", 0), cues("any news?", "en", 3)
    assert left_alone.evidence.get("disappointed", 0) > patient.evidence.get("disappointed", 0)
    assert left_alone.loud > patient.loud


def test_emoji_speak() -> None:
    assert mood("my parcel 😡").label == "angry"
    assert mood("my parcel 🥰").label == "pleased"


@pytest.mark.req("R27", "R28", "R29", "R30")
@pytest.mark.parametrize(
    ("intent", "felt", "stakes", "colour", "why"),
    [
        ("delivery.lost", NEUTRAL, Stakes(), "red", "intent"),
        ("presale.product", NEUTRAL, Stakes(), "blue", "intent"),
        ("aftersale.exchange", NEUTRAL, Stakes(), "yellow", "intent"),
        ("delivery.where", Mood("angry", 0.8, 0.9), Stakes(), "red", "angry"),
        ("delivery.where", Mood("angry", 0.3, 0.4), Stakes(), "yellow", "intent"),
        ("presale.stock", Mood("threatening", 0.7, 0.9), Stakes(), "red", "threat"),
        ("presale.stock", NEUTRAL, Stakes(amount=Decimal(500)), "yellow", "money"),
        ("aftersale.return", NEUTRAL, Stakes(amount=Decimal(500), tier="vip"), "red", "money"),
        ("delivery.where", NEUTRAL, Stakes(platform_due=NOW + timedelta(hours=3), now=NOW), "red", "platform"),
        ("delivery.where", NEUTRAL, Stakes(platform_due=NOW + timedelta(days=3), now=NOW), "yellow", "intent"),
        ("delivery.where", Mood("pleased", 0.8, 0.9), Stakes(), "blue", "pleased"),
        ("", NEUTRAL, Stakes(), "blue", ""),
    ],
)  # fmt: skip
def test_severity_and_its_first_reason(intent: str, felt: Mood, stakes: Stakes, colour: str, why: str) -> None:
    found = judge(leaves().get(intent), felt, stakes)
    assert (found.colour, found.why[0] if found.why else "") == (colour, why)


@given(st.sampled_from(list(leaves())), st.sampled_from(MOODS), st.floats(0, 1), st.integers(0, 3))
def test_more_hurry_never_makes_a_matter_bluer(intent: str, label: str, strength: float, unanswered: int) -> None:
    def height(found: Severity) -> int:
        return ("blue", "yellow", "red").index(found.colour)

    leaf = leaves()[intent]
    felt = Mood(label, strength, 0.9)
    calm = judge(leaf, felt, Stakes())
    pressed = judge(leaf, felt, Stakes(amount=Decimal(900), tier="vip", unanswered=unanswered))
    assert height(pressed) >= height(calm)


def test_the_taxonomy_has_words_and_a_queue_for_everything() -> None:
    assert set(INTENT) == set(leaves())
    assert set(GROUP) == set(groups())
    assert set(MOOD) == set(MOODS)
    assert len(leaves()) == 46


def test_a_head_learns_and_few_lessons_move_little_of_it() -> None:
    chance = np.random.default_rng(1)
    middle = chance.normal(size=(3, 16))
    labels = chance.integers(0, 3, 300)
    vectors = (middle[labels] + 0.5 * chance.normal(size=(300, 16))).astype(np.float32)
    ones = np.ones(300, np.float32)
    head = train(Lesson(vectors, labels, ones), ("a", "b", "c"), decay=1e-3)
    assert (head.logits(vectors).argmax(axis=1) == labels).mean() > 0.95
    assert np.allclose(softmax(head.logits(vectors)).sum(axis=1), 1.0, atol=1e-5)
    moved = train(Lesson(vectors[:2], 2 - labels[:2], ones[:2]), ("a", "b", "c"), decay=5.0, start=head, steps=50)
    assert np.abs(moved.weights - head.weights).max() < 0.5
    assert (moved.logits(vectors).argmax(axis=1) == labels).mean() > 0.9


def test_a_long_ticket_in_three_lines_of_its_own() -> None:
    said = [
        Said(False, FIRST, "delivery.damaged", 0.9, ((FIRST.index("302"), FIRST.index(" came")),)),
        Said(True, "Dear Anna, we are sorry. A new lamp leaves tomorrow with DHL. Kind regards"),
        Said(False, "ok"),
        Said(False, "It is Friday now and nothing has come. Where is it?", "delivery.where", 0.9),
    ]  # fmt: skip
    found = summarise(said)
    assert found is not None
    assert "302-5829104-1234567" in found.wants
    assert found.answered == "A new lamp leaves tomorrow with DHL."
    assert found.now in ("It is Friday now and nothing has come.", "Where is it?")
    everything = " ".join(" ".join(one.text.split()) for one in said)
    assert all(line in everything for line in (found.wants, found.answered, found.now))
    assert summarise(said[:3]) is None
