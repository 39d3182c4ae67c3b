"""A statement is proved by public keys alone, and by nothing but its very text."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot.keys import Keyring
from bot.papers.seal import (
    BadList,
    Forged,
    Malformed,
    NotGenuine,
    Statement,
    UnknownKey,
    _text,
    key_id,
    public_key,
    read_list,
    seeds,
    sign,
    verify,
    write_list,
)
from storage.vault import Key, derive
from tests.bot.papers.samples import AT, SEED

STATEMENT = Statement("VB-7K2M-94QX", "reissue_book", int(AT), "submitted")
PUBLIC = public_key(SEED)
SIGNED = sign(SEED, STATEMENT)

words = st.from_regex(r"[A-Za-z0-9_.-]{1,32}", fullmatch=True)
statements = st.builds(Statement, words, words, st.integers(0, 2**40 - 1), words)


@given(statements)
def test_what_was_signed_is_proved(statement: Statement) -> None:
    """Whatever a statement says, its text proves exactly that; equal ones give equal texts."""
    text = sign(SEED, statement)
    assert verify([PUBLIC], text) == statement
    assert text == sign(SEED, statement)


def test_it_fits_a_code_of_moderate_size() -> None:
    """The text is short, and only of letters that a QR code packs densely."""
    assert len(SIGNED) < 200
    assert set(SIGNED) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.")


def test_every_flipped_bit_is_seen() -> None:
    """No bit of the text can be changed, the unused ones at its end included."""
    raw = SIGNED.encode()
    for place in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(NotGenuine):
            verify([PUBLIC], flipped.decode("latin-1"))


@given(st.integers(0, len(SIGNED)), st.text(max_size=12))
def test_nothing_can_be_put_in_or_cut_off(place: int, more: str) -> None:
    """A text with something in it, or with its end missing, is not genuine."""
    for text in (SIGNED[:place] + more + SIGNED[place:], SIGNED[:place]):
        if text != SIGNED:
            with pytest.raises(NotGenuine):
                verify([PUBLIC], text)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_any_text_is_answered(text: str) -> None:
    """Whatever is handed in, the answer is `NotGenuine` and no other error."""
    for tried in (text, f"VB1.{text}", f"VB1.{text}.{text}"):
        with pytest.raises(NotGenuine):
            verify([PUBLIC], tried)


def test_why_it_is_not_genuine() -> None:
    """The error tells a strange text from a strange key and from a forgery."""
    other = bytes(32)
    with pytest.raises(Malformed):
        verify([PUBLIC], SIGNED.lower())
    with pytest.raises(UnknownKey):
        verify([PUBLIC], sign(other, STATEMENT))
    with pytest.raises(UnknownKey):
        verify([], SIGNED)
    another = sign(SEED, Statement("a", "b", 1, "c"))
    with pytest.raises(Forged):
        verify([PUBLIC], SIGNED.rpartition(".")[0] + "." + another.rpartition(".")[2])


@pytest.mark.parametrize(
    "bad",
    [
        ("", "b", 1, "c"),
        ("a b", "b", 1, "c"),
        ("a" * 33, "b", 1, "c"),
        ("a", "b\n", 1, "c"),
        ("a", "ký", 1, "c"),
        ("a", "b", -1, "c"),
        ("a", "b", 2**40, "c"),
        ("a", "b", 1, "\x1b"),
    ],
)
def test_only_plain_words_are_signed(bad: tuple[str, str, int, str]) -> None:
    """A statement holds short plain words and a time; anything else is a mistake of ours."""
    with pytest.raises(ValueError, match="plain words"):
        Statement(*bad)


def test_a_signed_text_of_another_shape_is_refused() -> None:
    """Even with our own signature only a statement is a statement."""
    payload = key_id(PUBLIC) + msgspec.msgpack.encode(["a", "b", 1, "c", "more"])
    signed = f"VB1.{_text(payload)}"
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(signed.encode())
    with pytest.raises(Forged):
        verify([PUBLIC], f"{signed}.{_text(signature)}")


def test_a_rotation_leaves_old_receipts_proved() -> None:
    """Each key of the key file gives a seed; the newest signs, and all stay on the list."""
    first, second = Key("00000001", bytes(32)), Key("00000002", bytes([1]) * 32)
    before, after = seeds(Keyring((first,))), seeds(Keyring((first, second)))
    assert after[:-1] == before == (derive(first.secret, "receipt"),)
    old, new = sign(before[-1], STATEMENT), sign(after[-1], STATEMENT)
    assert old != new
    known = [public_key(seed) for seed in after]
    assert verify(known, old) == verify(known, new) == STATEMENT
    with pytest.raises(UnknownKey):
        verify([public_key(before[0])], new)


def test_the_list_of_keys() -> None:
    """Public keys are written as lines and read back; comments and blank lines are allowed."""
    known = (PUBLIC, public_key(bytes(32)))
    assert read_list(write_list(known)) == known
    assert read_list("# of the office in Ha Noi\n\n" + write_list(known)) == known
    assert SEED.hex() not in write_list(known)


@pytest.mark.parametrize("change", ["", "x", "00000000 ", "\x00"])
def test_a_damaged_list_of_keys(change: str) -> None:
    """A line that is no key, or not the one it is named after, is named by its number."""
    line = write_list([PUBLIC])
    with pytest.raises(BadList, match="line 2"):
        read_list(line + change + line[1:])
