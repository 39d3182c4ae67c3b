"""Questions in words that no guide file holds find their guide; what is no question finds none.

`asked.tsv` shaped the wordings and the figures of bot/guide_index.py; `held_out.tsv` was written
last, shaped no wording, and is what new questions will be like. Columns: the guide or "-", the
manner, the text.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guide_index import beside, requests
from bot.guides import MAYBE, SURE, Found, Guides, home, load
from flows.checks import fold

HERE = Path(__file__).parent
TABLES = ASKED, HELD = ("asked.tsv", "held_out.tsv")
NONE = "-"


class Still:
    """A clock that stands."""

    def now(self) -> float:
        """Always the same."""
        return 0.0


class Row(NamedTuple):
    """A text, which guide answers it, and what was found."""

    guide: str
    manner: str
    text: str
    found: list[Found]

    @property
    def best(self) -> str:
        return self.found[0].name if self.found else NONE

    @property
    def share(self) -> float:
        return self.found[0].score if self.found else 0.0


@cache
def _guides() -> Guides:
    return Guides(Still())


@cache
def _rows(table: str) -> list[Row]:
    return list(_read(table))


def _read(table: str) -> Iterator[Row]:
    for line in (HERE / table).read_text("utf-8").splitlines():
        guide, manner, text = line.split("\t")
        yield Row(guide, manner, text, _guides().find(text))


def _bare(text: str) -> str:
    return "".join(one for one in fold(text) if one.isalnum())


def _questions(table: str) -> list[Row]:
    return [row for row in _rows(table) if row.guide != NONE]


def _beside(table: str) -> list[Row]:
    return [row for row in _rows(table) if row.guide == NONE]


@pytest.mark.parametrize(("table", "first", "second"), [(ASKED, 0.9, 0.97), (HELD, 0.8, 0.93)])
def test_most_questions_find_their_guide(table: str, first: float, second: float) -> None:
    """The guide that answers comes first for most, and among the best two for nearly all."""
    rows = _questions(table)
    wrong = [(row.guide, row.text, row.best) for row in rows if row.best != row.guide]
    assert len(wrong) <= (1 - first) * len(rows), wrong
    among = [row for row in rows if row.guide in [one.name for one in row.found[:2]]]
    assert len(among) >= second * len(rows)


@pytest.mark.parametrize("table", TABLES)
def test_what_is_no_question_stays_below(table: str) -> None:
    """Nine in ten requests, small talk and other offices' matters get no guide."""
    rows = _beside(table)
    caught = [(row.text, row.best) for row in rows if row.share >= MAYBE]
    assert len(caught) <= 0.1 * len(rows), caught
    assert sum(row.share >= SURE for row in rows) <= 0.03 * len(rows)


@pytest.mark.parametrize(("table", "kept", "sure"), [(ASKED, 0.95, 0.85), (HELD, 0.8, 0.6)])
def test_the_thresholds_keep_questions(table: str, kept: float, sure: float) -> None:
    """The thresholds are no wall: most questions pass them."""
    rows = _questions(table)
    assert sum(row.share >= MAYBE for row in rows) >= kept * len(rows)
    assert sum(row.share >= SURE for row in rows) >= sure * len(rows)


@pytest.mark.parametrize("table", TABLES)
def test_who_is_sure_is_right(table: str) -> None:
    """An answer given without asking back is hardly ever another question's."""
    sure = [row for row in _questions(table) if row.share >= SURE]
    wrong = [(row.guide, row.text, row.best) for row in sure if row.best != row.guide]
    assert len(wrong) <= 0.05 * len(sure), wrong


def test_no_manner_of_writing_is_left_behind() -> None:
    """Bare letters, short forms, stories and English are found like careful Vietnamese."""
    rows = [row for table in TABLES for row in _questions(table)]
    every = Counter(row.manner for row in rows)
    right = Counter(row.manner for row in rows if row.best == row.guide)
    assert all(right[manner] >= 0.75 * n for manner, n in every.items()), (right, every)


def test_every_guide_is_asked_for() -> None:
    """No guide escapes the measure."""
    asked = Counter(row.guide for row in _questions(ASKED))
    assert {name for name in load(home()) if asked[name] < 2} == set()
    named = {row.guide for table in TABLES for row in _questions(table)}
    assert named <= load(home()).keys()


def test_the_questions_are_not_the_wordings() -> None:
    """What a file already holds word for word measures nothing."""
    held = {_bare(ask) for guide in load(home()).values() for ask in guide.asks}
    asked = [_bare(row.text) for table in TABLES for row in _rows(table)]
    assert held & set(asked) == set()
    assert [text for text, n in Counter(asked).items() if n > 1] == []


def test_nothing_is_a_question_and_none() -> None:
    """No text stands both in a guide and beside the guides."""
    held = {_bare(ask) for guide in load(home()).values() for ask in guide.asks}
    assert held & {_bare(text) for group in [*requests(), *beside()] for text in group} == set()


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("quee6n maatj khaaur vssid thif phair lafm sao", "password_app"),
        ("Khôngggg nhận được mã OTPPP", "code_missing"),
        ("THẺ BHYT ĐIỆN TỬ CÓ GIÁ TRỊ NHƯ THẺ GIẤY???", "ecard_worth"),
        ("nhắn tin 8079", "sms_8079"),
    ],
)
def test_other_keys_and_shouting(text: str, guide: str) -> None:
    """Marks left as letters, held keys, capitals and a bare number do not hide a question."""
    assert _guides().find(text)[0].name == guide


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text: str) -> None:
    """Whatever is written, the shares are shares, best first."""
    shares = [one.score for one in _guides().find(text)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) <= 1 + 1e-9
