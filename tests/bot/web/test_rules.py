"""Which passwords may be chosen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bot.web.rules import LONGEST, fits, hashed, refusal

GOOD = "trâu vàng uống nước"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "empty"),
        ("1234567", "short"),
        ("é" * 7, "short"),
        ("😀" * 7, "short"),
        ("x" * (LONGEST + 1), "long"),
        ("12345678", "digits"),
        ("7900000001", "digits"),
        ("079085000001", "digits"),
        ("vssid123", "ours"),
        ("VssID@bhxh.2026", "ours"),
        ("bảo hiểm xã hội", "ours"),
        ("baohiem79", "ours"),
        ("Mat_khau@1", "ours"),
        ("password1", "common"),
        ("P@ssw0rd", "common"),
        ("anhyeuem", "common"),
        ("qwertyuiop", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("a" * LONGEST, "common"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, why: str) -> None:
    """Length, bare numbers, our own name and the world's favourites."""
    assert refusal(password, password) == why


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "k7mp3hxd",
        "con meo xanh an pho",
        "vssid của bà nội Tư",
        "😀🐃🌾🏠📗🧵🛶🎋",
        " dấu cách ở đầu",
        "mot hai ba bon nam sau bay tam chin muoi " * 6,
        "9141592653589793",
    ],
)
def test_what_is_long_and_odd_is_taken(password: str) -> None:
    """No rule asks for capitals, digits or signs; every script and spaces are welcome."""
    assert refusal(password, password) == ""


def test_the_worlds_favourites_are_refused() -> None:
    """None of the 3000 most used passwords gets through."""
    favourites = FREQUENCY_LISTS["passwords"][:3000]
    assert [word for word in favourites if not refusal(word, word)] == []


def test_two_fields_must_agree() -> None:
    """As a person sees them: two spellings of one letter agree, two letters do not."""
    spread = unicodedata.normalize("NFD", GOOD)
    assert refusal(GOOD, spread) == ""
    assert refusal(GOOD, GOOD.upper()) == "differ"
    assert refusal(GOOD, GOOD + " ") == "differ"
    assert refusal(GOOD, "") == "differ"


def test_what_is_kept_fits_its_password_only() -> None:
    """However the keyboard spelled it; nothing is cut off, and case and spaces count."""
    kept = hashed(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert fits(kept, unicodedata.normalize("NFD", GOOD))
    assert not fits(kept, GOOD.title())
    long = "n" * LONGEST
    assert not fits(hashed(long), long[:-1])


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    """Nothing a browser can send makes the rules fail: a failure could name the password."""
    assert refusal(text, text) in {"", "empty", "short", "long", "digits", "ours", "common"}
