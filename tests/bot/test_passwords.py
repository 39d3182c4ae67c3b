"""Passwords: random, easy to read out, kept as a keyed hash; tokens of one-time pages."""

import os
import re
from collections import Counter

import pytest

from bot import passwords

SHAPE = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}")


def test_shape() -> None:
    """Three groups of four, of letters and digits that are not taken for each other."""
    for _ in range(200):
        password = passwords.temporary(os.urandom)
        assert SHAPE.fullmatch(password)
        assert not set(password) & set("01ilo")


def test_uniform() -> None:
    """Every letter is as likely as every other (chi-square, p > 1e-4), and none repeats."""
    drawn = [passwords.temporary(os.urandom) for _ in range(3000)]
    assert len(set(drawn)) == 3000
    seen = Counter("".join(drawn).replace("-", ""))
    expected = 3000 * 12 / len(passwords.ALPHABET)
    square = sum((seen[each] - expected) ** 2 / expected for each in passwords.ALPHABET)
    assert len(passwords.ALPHABET) ** (passwords.GROUPS * passwords.IN_GROUP) > 2**58
    assert square < 66  # 30 degrees of freedom


@pytest.mark.parametrize("byte", [0, 255])
def test_bytes_that_favour_nobody(byte: int) -> None:
    """A byte past the last whole multiple of the alphabet is passed over."""
    calls = iter([bytes([byte]) * 16, bytes(range(16)), bytes(range(16))])
    first = passwords.temporary(lambda _: next(calls))
    assert (first[0] == passwords.ALPHABET[0]) is (byte in {0, 255})
    assert first.startswith("abcd") is (byte == 255)


def test_hash() -> None:
    """Only the right password under the right key fits the stored hash."""
    stored = passwords.hash_temporary(b"k" * 32, "k7mp-3hxd-w9qr")
    assert "k7mp" not in stored
    assert stored == passwords.hash_temporary(b"k" * 32, "k7mp-3hxd-w9qr")
    assert stored != passwords.hash_temporary(b"k" * 32, "k7mp-3hxd-w9qs")
    assert stored != passwords.hash_temporary(b"l" * 32, "k7mp-3hxd-w9qr")


def test_page_token() -> None:
    """A page's token has 128 bits, fits a URL and is stored as a hash only."""
    token, stored = passwords.page_token(os.urandom)
    assert re.fullmatch(r"[\w-]{22}", token)
    assert stored == passwords.token_hash(token)
    assert token.encode() not in stored
    assert passwords.page_token(os.urandom)[0] != token
