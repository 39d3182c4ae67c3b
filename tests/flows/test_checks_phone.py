"""A Vietnamese mobile number: every spelling gives one key, and nobody's number is refused."""

import tomllib
import unicodedata
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.checks import Got, Refused, contact, vn_mobile

CORPUS = tomllib.loads((Path(__file__).parent / "corpora/phones.toml").read_text("utf-8"))
REFUSED = [(typed, f"error.{key}") for key, lines in CORPUS["refused"].items() for typed in lines]

# Three digits as they are given to carriers; the rest of a number is anybody's.
PREFIXES = [f"03{n}" for n in range(10)] + [f"05{n}" for n in "125689"]
PREFIXES += [f"07{n}" for n in "06789"] + [f"08{n}" for n in range(1, 10)]
PREFIXES += [f"09{n}" for n in range(10)]
TAILS = st.text(alphabet="0123456789", min_size=7, max_size=7)
NUMBERS = st.tuples(st.sampled_from(PREFIXES), TAILS).map("".join)
SAID = [
    ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    ("khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin"),
    ("kong", "mot", "hai", "ba", "bon", "lam", "sau", "bay", "tam", "chin"),
]
FRONTS = ["0", "+84", "84", "0084", "+840", "+84 (0) ", "(+84) ", "(0)", "+84-", "", "tel:+84"]
GAPS = [" ", ".", "-", "", "\u00a0", "\u2009", "\u202f", "\u200b", "\u2011", "\u2013", "\u2212"]
BEFORE = st.sampled_from(["", " ", "\u202a", "\n", "\ufeff", "số của ba: ", "gọi "])
BEHIND = st.sampled_from(["", " ", "\u202c", "\n", ".", " ạ.", " nhé", ", cảm ơn"])


@pytest.mark.parametrize(("typed", "key"), REFUSED)
def test_what_is_no_mobile_number_is_refused(typed: str, key: str) -> None:
    """Each kind of wrong number is told what is wrong with it."""
    answer = vn_mobile(typed)
    assert isinstance(answer, Refused)
    assert answer.key == key


@pytest.mark.parametrize(("typed", "number"), CORPUS["accepted"].items())
def test_what_people_send_is_read(typed: str, number: str) -> None:
    """Groups, country codes, invisible marks and dictated digits make no other number."""
    assert vn_mobile(typed) == Got(number)
    assert vn_mobile(unicodedata.normalize("NFD", typed)) == Got(number)


def test_the_corpus_is_as_large_as_promised() -> None:
    """At least sixty lines, and one for every refusal that the reader may give."""
    assert len(REFUSED) >= 60
    assert {key for _, key in REFUSED} >= set(vn_mobile.refusals)


@st.composite
def spellings(draw: st.DrawFn, number: str) -> str:
    """One of the ways in which a number of ten digits is written or said."""
    if draw(st.booleans()):
        words, gap = draw(st.sampled_from(SAID)), draw(st.sampled_from([" ", ", ", " - "]))
        typed = gap.join(words[int(digit)] for digit in number)
    else:
        front, gap = draw(st.sampled_from(FRONTS)), draw(st.sampled_from(GAPS))
        cuts = sorted(draw(st.sets(st.integers(1, 8), max_size=8)))
        parts = [number[1:][a:b] for a, b in zip([0, *cuts], [*cuts, 9], strict=True)]
        typed = front + gap.join(parts)
    return draw(BEFORE) + typed + draw(BEHIND)


@given(st.data(), NUMBERS)
def test_all_spellings_of_one_number_give_one_key(data: st.DataObject, number: str) -> None:
    """However a number is spelt, for a new one and for one on file, the key is the same."""
    for _ in range(3):
        typed = data.draw(spellings(number))
        assert vn_mobile(typed) == Got("+84" + number[1:])
        assert contact(typed) == Got("+84" + number[1:])


@given(st.data(), NUMBERS, NUMBERS)
def test_different_numbers_never_share_a_key(data: st.DataObject, one: str, two: str) -> None:
    """Two people's numbers stay two, whatever they look like; both at once are refused."""
    assume(one != two)
    here, there = data.draw(spellings(one)), data.draw(spellings(two))
    assert vn_mobile(here) != vn_mobile(there)
    assert vn_mobile(f"{here}; {there}") == Refused("error.phone_two")


@given(NUMBERS)
def test_a_key_is_what_the_world_dials(number: str) -> None:
    """The key is the E.164 form that the library would give the same number."""
    parsed = phonenumbers.parse(number, "VN")
    dialled = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert vn_mobile(number) == Got(dialled)


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_what_the_library_calls_mobile_is_never_refused(tail: str) -> None:
    """No number of ten digits that is a person's mobile for libphonenumber is refused."""
    number = f"0{tail}"
    kind = phonenumbers.number_type(phonenumbers.PhoneNumber(84, int(tail)))
    if kind == phonenumbers.PhoneNumberType.MOBILE and tail[0] in "35789":
        assert vn_mobile(number) == Got("+84" + tail)
    if isinstance(vn_mobile(number), Got):
        assert tail[0] in "35789"


@given(st.from_regex(r"\+(?!84)[1-9][0-9]{6,13}", fullmatch=True))
def test_numbers_of_other_countries_are_told_so(number: str) -> None:
    """A number with another country's code is foreign and never taken for one of ours."""
    assert vn_mobile(number) == Refused("error.mobile_foreign")
