"""What must survive survives, whatever a text holds and whatever an engine makes of it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.translation import guard, sentences
from dragoman.translation.guard import BRACKETS, WORDS, Broken, Term
from dragoman.understanding.entities import Context, find

LETTERS = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\x00", exclude_categories=("Cs", "Cc")), max_size=25
)
PRECIOUS = st.sampled_from(
    ["112-1234567-7654321", "https://shop.example/o/1?x=2", "anna@buyer.example", "1.299,90 €", "12.11.2026", "15:30",
     "{{customer.name}}", "{name}", "⟦0⟧", "qz1qz", "JD014600006281230704", "+49 30 901820", "ABC-12345", "25,4 cm",
     "%(n)s"]
)  # fmt: skip
TEXTS = st.lists(LETTERS | PRECIOUS, max_size=12).map(" ".join)
TERMS = (Term("Lampe", "lamp", ("light",)), Term("物美价廉", "cost-effective", ("cheap",)))


def facts_in(text: str, source: str = "de", target: str = "en-US") -> tuple[guard.Fact, ...]:
    spans = [(one.start, one.end, one.kind) for one in find(text, Context(market="DE"))]
    return guard.find_facts(text, spans, TERMS, source, target)


@pytest.mark.req("R85")
@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([BRACKETS, WORDS]))
def test_marks_go_in_and_facts_come_back(text: str, marks: tuple[str, str]) -> None:
    facts = facts_in(text)
    masked = guard.mask(text, facts, marks)
    assert len(guard.marks_in(masked.text, marks)) == len(facts), "every mark is ours, and there once"
    expected, at = "", 0
    for fact in facts:
        expected, at = expected + text[at : fact.start] + fact.shown, fact.end
    back = guard.restore(masked, masked.text)
    assert back.casefold() == (expected + text[at:]).casefold()


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_a_lost_or_doubled_mark_is_noticed(text: str, data: st.DataObject) -> None:
    masked = guard.mask(text, facts_in(text))
    if not masked.facts:
        return
    number = data.draw(st.integers(0, len(masked.facts) - 1))
    mark = f"⟦{number}⟧"
    for wrong in (masked.text.replace(mark, ""), masked.text + mark, masked.text + f"⟦{len(masked.facts)}⟧"):
        with pytest.raises(Broken):
            guard.restore(masked, wrong)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_html_there_and_back_is_the_same(text: str) -> None:
    masked = guard.mask(text, facts_in(text)).text
    assert guard.from_html(guard.to_html(masked)) == masked


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_whatever_comes_back_is_restored_or_refused(text: str, answer: str) -> None:
    masked = guard.mask(text, facts_in(text))
    try:
        guard.check_numbers(masked.text, answer)
        restored = guard.restore(masked, answer)
        guard.check(text, restored, "s3cret")
        guard.check_script(restored, "en-US")
    except Broken:
        return
    assert all(fact.shown.casefold() in restored.casefold() for fact in masked.facts)


def test_engines_may_move_marks_and_space_them() -> None:
    text = "Bestellung 112-1234567-7654321 vom 12.11.2026"
    masked = guard.mask(text, facts_in(text), WORDS)
    assert guard.restore(masked, "Of qz 1 qz: order QZ0QZ") == "Of November 12, 2026: order 112-1234567-7654321"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("订单号112-1234567-7654321，谢谢", "112-1234567-7654321"), ("iPhone15 ist da", "iPhone15"),
        ("siehe www.shop.example/x.", "www.shop.example/x"), ("#1042 bitte", "#1042"), ("₹1,00,000 paid", "1,00,000"),
        ("der Code ist 007", "007"),
    ],
)  # fmt: skip
def test_what_shapes_tell_needs_nobody(text: str, kept: str) -> None:
    facts = guard.find_facts(text, (), (), "de", "en-US")
    assert kept in [text[one.start : one.end] for one in facts] or kept in {one.shown for one in facts}


def test_terms_are_rendered_as_the_house_says() -> None:
    text = "Lampe gut, Lampen auch; 物美价廉的灯"
    masked = guard.mask(text, guard.find_facts(text, (), TERMS, "de", "en-US"))
    assert masked.text == "⟦0⟧ gut, Lampen auch; ⟦1⟧的灯"
    assert guard.restore(masked, masked.text).startswith("Lamp gut, Lampen auch; cost-effective"), (
        "first in its sentence"
    )


def test_hostile_texts_cost_no_time() -> None:
    for piece in ("1 22 333 ", "-a", "a.", "!", "{{", "z.B. ", "1.", "@a.", "⟦1⟧", "www.", "1,"):
        text = piece * (30_000 // len(piece)) + "x"
        began = time.perf_counter()
        masked = guard.mask(text, facts_in(text))
        sentences.split(masked.text)
        assert time.perf_counter() - began < 5, piece


@pytest.mark.req("R92")
def test_forbidden_renderings_are_replaced_or_told() -> None:
    value = Term("物美价廉", "cost-effective", ("cheap",))
    assert guard.mend("物美价廉的灯", "A cheap lamp. Cheap!", [value]) == ("A cost-effective lamp. Cost-effective!", ())
    assert guard.mend("便宜的灯", "A cheap lamp", [value]) == ("A cheap lamp", ()), "right for another word"
    unsure = Term("灯", "", ("bulb",), "we sell lamps")
    text, findings = guard.mend("灯坏了", "The bulb is broken", [unsure])
    assert text == "The bulb is broken"
    assert [(one.word, one.preferred, one.note) for one in findings] == [("bulb", "", "we sell lamps")]


@pytest.mark.parametrize(
    ("source", "answer", "target", "reason"),
    [
        ("Hallo", "Hello, see https://evil.example", "en", "made up"),
        ("Hallo", "Hello a@evil.example", "en", "made up"),
        ("Hallo", "Hello k9", "en", ""), ("Wo ist das Paket? " * 9, "Yes.", "en", "length"),
        ("Hallo", "", "en", "empty"),
        ("Wo ist das Paket, das ich bestellt habe?", "Where is the parcel that I ordered?", "zh-Hans", "script"),
        ("Wo ist das Paket, das ich bestellt habe?",
         "我订的包裹在哪里？我已经等了很久了，请您尽快回复我。", "zh-Hans", ""),
        ("我订的包裹在哪里？我已经等了很久了，请您尽快回复。",
         "Where is the parcel I ordered? I have waited very long, please answer "
         "me as soon as you can.", "en", ""),
        ("Hallo", "Hello k3y-of-the-fence", "en", "told"),
    ],
)  # fmt: skip
def test_an_answer_that_can_be_no_translation_is_refused(source: str, answer: str, target: str, reason: str) -> None:
    def look() -> None:
        guard.check(source, answer, "k3y-of-the-fence")
        guard.check_script(answer, target)

    if not reason:
        look()
        return
    with pytest.raises(Broken) as caught:
        look()
    assert caught.value.reason == reason
