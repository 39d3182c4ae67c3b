"""Masks let people recognise their own data and show nobody else's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import masks

MOBILES = st.from_regex(r"\+84[35789][0-9]{8}", fullmatch=True)
LOCALS = st.from_regex(r"[a-z0-9._-]{1,30}", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{4,15}", fullmatch=True)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+84901234567", "09xx xxx 567"),
        ("0901234567", "09xx xxx 567"),
        ("84901234567", "09xx xxx 567"),
        ("0901 234 567", "09xx xxx 567"),
        ("12345678", "xxx"),
        ("", "xxx"),
    ],
)
def test_a_phone_shows_its_two_ends(number: str, shown: str) -> None:
    """Every way to write a number looks the same; what is too short shows nothing."""
    assert masks.phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("nam@mail.vn", "n***@mail.vn"),
        ("na@mail.vn", "n***@mail.vn"),
        ("n@mail.vn", "***@mail.vn"),
        ('"a@b"@mail.vn', '"***@mail.vn'),
        ("@mail.vn", "***@mail.vn"),
        ("nam", "***"),
        ("", "***"),
    ],
)
def test_an_address_shows_its_first_letter_and_its_domain(address: str, shown: str) -> None:
    """A local part of one letter is hidden, for its first letter would be all of it."""
    assert masks.email(address) == shown


def test_a_contact_is_masked_as_what_it_is() -> None:
    """Callers need not know whether they hold a phone or an e-mail address."""
    assert masks.contact("+84901234567") == "09xx xxx 567"
    assert masks.contact("nam@mail.vn") == "n***@mail.vn"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("BHXH 0123456789.", "BHXH ........89."),
        ("012 345 678 901", "..........01"),
        ("code 123456!", "code ......!"),
        ("12-34", "...."),
        ("3 of 12", "3 of 12"),
        ("in 15 minutes", "in 15 minutes"),
        ("\uff10\uff11\uff12\uff13", "...."),
    ],
)
def test_numbers_are_hidden_in_a_text(text: str, shown: str) -> None:
    """Numbers that could be somebody's are dots, small ones stay readable."""
    assert masks.hide_numbers(text) == shown


@given(MOBILES)
def test_the_middle_of_a_phone_never_leaks(number: str) -> None:
    """Only the first and the last three of the nine digits after +84 may be told apart."""
    shown = masks.phone(number)

    assert re.sub(r"\D", "", shown) == "0" + number[3] + number[-3:]
    assert len(shown) == 12


@given(LOCALS, LOCALS)
def test_the_middle_of_an_address_never_leaks(one: str, other: str) -> None:
    """Two addresses with the same first letter and domain look the same."""
    first = "z"
    assert masks.email(f"{first}{one}@m.vn") == masks.email(f"{first}{other}@m.vn")
    assert masks.email(f"{one}@m.vn")[:-5] in {one[0] + "***", "***"}


@given(NUMBERS, st.text(alphabet=" .-", min_size=0, max_size=1))
def test_the_middle_of_a_number_never_leaks(number: str, between: str) -> None:
    """However a number is written, no more than its last two digits are left."""
    shown = masks.hide_numbers(f"a {between.join(number)} b")

    assert re.sub(r"\D", "", shown) == (number[-2:] if len(number) >= 9 else "")
