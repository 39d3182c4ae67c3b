"""A bank account, its bank and holder, a province, a ward: read rightly or refused, never bent.

What is at stake is a pension: a number that lost a digit is somebody else's account.
"""

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import checks
from flows.checks import Got, Reader, Refused, bank_account, bank_account_again, bank_name

CORPUS = tomllib.loads((Path(__file__).parent / "corpora/banks.toml").read_text("utf-8"))
READERS: dict[str, Reader] = {name: getattr(checks, name) for name in CORPUS}
REFUSED = [
    (name, typed, f"error.{key}")
    for name, corpus in CORPUS.items()
    for key, lines in corpus["refused"].items()
    for typed in lines
]
READ = [
    (name, typed, value)
    for name, corpus in CORPUS.items()
    for typed, value in corpus["accepted"].items()
]
ACCOUNTS = st.text(alphabet="0123456789", min_size=6, max_size=15)
GAPS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u200b", "\u2011"])


@pytest.mark.parametrize(("name", "typed", "key"), REFUSED)
def test_what_is_none_is_refused(name: str, typed: str, key: str) -> None:
    """Each kind of wrong answer is told what is wrong with it, and is never repeated."""
    for form in ("NFC", "NFD"):
        answer = READERS[name](unicodedata.normalize(form, typed))
        assert isinstance(answer, Refused), answer
        assert answer.key == key
        assert all(len(hole) <= 3 for hole in answer.holes.values())


@pytest.mark.parametrize(("name", "typed", "value"), READ)
def test_what_people_send_is_read(name: str, typed: str, value: str) -> None:
    """Sentences, groups, invisible marks and other spellings make no other answer."""
    for form in ("NFC", "NFD"):
        assert READERS[name](unicodedata.normalize(form, typed)) == Got(value)


def test_the_corpus_is_as_large_as_promised() -> None:
    """Every refusal that a reader may give comes up."""
    assert len(REFUSED) >= 80
    for name, reader in READERS.items():
        found = {key for of, _, key in REFUSED if of == name}
        assert found >= set(reader.refusals), name


def test_an_unknown_bank_is_asked_about() -> None:
    """A credit fund that no list has is no error; the citizen is asked whether it is called so."""
    assert bank_name("quỹ tín dụng Yên Mỹ") == Got("quỹ tín dụng Yên Mỹ", "other")


def test_once_more_reads_the_same() -> None:
    """The second time the same texts mean the same numbers."""
    for name, typed, _ in (*READ, *REFUSED):
        if name == "bank_account":
            assert bank_account_again(typed) == bank_account(typed)
    assert bank_account_again.loose


@given(ACCOUNTS, GAPS, st.integers(1, 5))
def test_groups_change_nothing(number: str, gap: str, size: int) -> None:
    """However an account is cut into groups, it is read whole, or refused for a card's."""
    typed = gap.join(number[at : at + size] for at in range(0, len(number), size))
    assert bank_account(f"stk {typed}") == Got(number)


@given(st.text(max_size=60))
def test_no_digit_is_lost_or_made_up(text: str) -> None:
    """Whatever is typed: what is read stands in it digit by digit, 6 to 19 of them."""
    answer = bank_account(text)
    if isinstance(answer, Got):
        assert answer.value.isascii()
        assert answer.value.isdecimal()
        assert 6 <= len(answer.value) <= 19
        shown = unicodedata.normalize("NFKC", text)
        assert "".join(c for c in shown if c in "0123456789").find(answer.value) >= 0


@given(st.text(max_size=150), st.sampled_from(sorted(READERS)))
def test_no_text_raises(text: str, name: str) -> None:
    """Every text is an answer or a refusal that the reader has announced."""
    answer, reader = READERS[name](text), READERS[name]
    if isinstance(answer, Got):
        assert answer.value
        assert answer.outcome in reader.outcomes
    else:
        assert answer.key in reader.says
