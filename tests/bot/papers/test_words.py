"""The text file of the papers has what is said, in two languages, and nothing else."""

from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

from bot.papers import my_data, pension, receipt, reregister, tk1_ts
from bot.papers.words import LANGS, Phrase, Words, keys, unbroken
from flows.dossier import GRAPHS
from tests.bot.papers.samples import AT, COPY, FORM, PAYMENT, RECEIPT, REQUEST, TRANSFER

STEPS = (
    "submitted",
    "received",
    "in_review",
    "needs_info",
    "approved",
    "resolved",
    "rejected",
    "withdrawn",
)


class Listening(Words):
    """Words that note which texts were said."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def _text(self, lang: str, key: str) -> str:
        self.said.add(key)
        return super()._text(lang, key)


def test_every_text_is_said_and_every_word_written() -> None:
    """Drawing every paper in every state says each text of the file, and finds each it needs."""
    words = Listening()
    for kind in GRAPHS:
        receipt.drawn(replace(RECEIPT, kind=kind), "VB1.A.B", words)
    for step in STEPS:
        receipt.drawn(replace(RECEIPT, step=step), "VB1.A.B", words)
    tk1_ts.drawn(FORM, words)
    for form in (TRANSFER, PAYMENT):
        pension.drawn(form, words)
    for days in (None, 5):
        reregister.drawn(replace(REQUEST, days=days), words)
    my_data.drawn(COPY, "vi", words)
    for day in range(1, 8):
        words.day(date(2026, 1, day))
    for month in range(1, 13):
        words.day(date(2026, month, 1))
    assert words.said == keys("vi").keys()


def test_both_languages_say_the_same() -> None:
    """Each text has its English, with the same holes."""
    vi, en = (keys(lang) for lang in LANGS)
    assert vi.keys() == en.keys()
    assert [key for key in vi if _holes(vi[key]) != _holes(en[key])] == []
    assert [key for texts in (vi, en) for key in texts if not texts[key]] == []


@pytest.mark.parametrize(
    ("at", "vi", "en"),
    [
        (AT, "9 giờ 05, thứ Hai, ngày 23/11/2026", "9:05, Monday, 23 November 2026"),
        (AT - 32_701, "23 giờ 59, Chủ nhật, ngày 22/11/2026", "23:59, Sunday, 22 November 2026"),
        (0, "7 giờ 00, thứ Năm, ngày 01/01/1970", "7:00, Thursday, 01 January 1970"),
    ],
)
def test_a_moment(at: float, vi: str, en: str) -> None:
    """A moment is told by Viet Nam's clock, with the day and its name."""
    assert Words().moment(at) == Phrase(vi, en)


def test_holes_and_lists() -> None:
    """A hole is filled in each language with its own; what is a template itself stays as it is."""
    words = Words()
    assert words("receipt.due_day", day=Phrase("mai", "tomorrow")) == Phrase(
        "Chậm nhất mai", "By tomorrow at the latest"
    )
    assert words("receipt.ask_how", hotline="{day}").vi.endswith("gọi {day}.")
    assert len(words.listed("reregister.asks")) == 2
    assert unbroken("1900 9068") == "1900\u00a09068"
    with pytest.raises(KeyError):
        words("receipt.nothing")


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
