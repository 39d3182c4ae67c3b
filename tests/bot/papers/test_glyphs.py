"""What people type, as a page can show it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.glyphs import PLACEHOLDER, drawable

LATIN = {*range(0x20, 0x7F), 0xA0, *map(ord, "ễộẫĐư")}


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Nguyễn", "Nguyễn"),
        (unicodedata.normalize("NFD", "Nguyễn Văn"), "Nguyễn V\ufffdn"),
        ("  a \t\r\n b\u2028c\u3000d ", "a b c d"),
        ("1900\u00a09068", "1900\u00a09068"),
        ("a\u202eb\u200bc\u00add\x00e\x1b", "abcde"),
        ("x\U0001f600y", f"x{PLACEHOLDER}y"),
        ("\u2764\ufe0f", PLACEHOLDER),
        ("\ud800", PLACEHOLDER),
        ("q\u0303", f"q{PLACEHOLDER}"),
        ("\u200b\n ", ""),
        ("", ""),
    ],
)
def test_what_is_drawn(typed: str, drawn: str) -> None:
    """Letters are composed, blanks are one blank, the shapeless is gone, the unknown is marked."""
    assert drawable(typed, LATIN | {ord("g"), ord("V")} | {ord(PLACEHOLDER)}) == drawn


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_only_what_the_font_has(typed: str) -> None:
    """Whatever is typed, only letters of the font come out, and the same when drawn again."""
    drawn = drawable(typed, LATIN)
    assert {ord(letter) for letter in drawn} <= LATIN | {ord(PLACEHOLDER)}
    assert drawable(drawn, LATIN | {ord(PLACEHOLDER)}) == drawn
