"""Cutting texts to Telegram's measure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_bubble import length, pieces


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        (" \n ", []),
        ("one", ["one"]),
        ("12345 789\n\n234 6", ["12345 789", "234 6"]),
        ("12345 789\n234 6", ["12345 789", "234 6"]),
        ("12345 789 1234", ["12345 789", "1234"]),
        ("1 3456789012", ["1 34567890", "12"]),
        ("12345678901", ["1234567890", "1"]),
        ("123456789😀", ["123456789", "😀"]),
        ("12345678😀", ["12345678😀"]),
    ],
)
def test_texts_are_cut_where_people_pause(text: str, cut: list[str]) -> None:
    """Paragraph before line before word, and never inside an emoji."""
    assert pieces(text, 10) == cut


@given(st.text(st.sampled_from("a đ😀\n.\u0300"), max_size=300), st.integers(2, 40))
def test_nothing_is_lost(text: str, limit: int) -> None:
    """Every piece fits, none is blank, and together they are the text."""
    cut = pieces(text, limit)
    assert all(0 < length(piece) <= limit and piece.strip() for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


@given(st.text(st.characters(codec=None), max_size=50))
def test_no_text_breaks_cutting(text: str) -> None:
    """Stray halves of surrogate pairs are measured like anything else."""
    assert all(length(piece) <= 7 for piece in pieces(text, 7))
