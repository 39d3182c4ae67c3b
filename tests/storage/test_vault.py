"""Seals hold, stay where they were put, and keys can be changed under them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.base import Corrupt
from storage.vault import Key, Vault, derive
from tests.storage import rows

PLACE = ("members", "ab12", "personal")


@given(st.binary(max_size=200))
def test_round_trip(plain: bytes) -> None:
    """What is sealed opens to the same bytes, and is never visible."""
    vault = rows.vault()
    sealed = vault.seal(*PLACE, plain)
    assert vault.open(*PLACE, sealed) == plain
    assert len(sealed) == len(plain) + 32


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte(where: int, change: int) -> None:
    """A value with one byte changed does not open."""
    vault = rows.vault()
    sealed = bytearray(vault.seal(*PLACE, b"plain"))
    sealed[where % len(sealed)] ^= change
    with pytest.raises(Corrupt):
        vault.open(*PLACE, bytes(sealed))


@pytest.mark.parametrize("size", [0, 3, 4, 15, 16, 31])
def test_cut_off(size: int) -> None:
    """A value that was cut off does not open."""
    vault = rows.vault()
    with pytest.raises(Corrupt):
        vault.open(*PLACE, vault.seal(*PLACE, b"plain")[:size])


@pytest.mark.parametrize(
    "place",
    [("outbound", "ab12", "personal"), ("members", "ab13", "personal"), ("members", "ab12", "x")],
)
def test_moved(place: tuple[str, str, str]) -> None:
    """A value in another table, row or column does not open."""
    vault = rows.vault()
    with pytest.raises(Corrupt, match=place[0]):
        vault.open(*place, vault.seal(*PLACE, b"plain"))


def test_rotation() -> None:
    """The newest key seals, all open, and a ring without the key refuses."""
    old, both, new = rows.vault(1), rows.vault(1, 2), rows.vault(2)
    sealed = old.seal(*PLACE, b"plain")
    assert both.open(*PLACE, sealed) == b"plain"
    assert both.newest == rows.key(2).id
    assert not both.is_fresh(sealed)
    assert new.open(*PLACE, both.seal(*PLACE, b"plain")) == b"plain"
    with pytest.raises(Corrupt, match="not in the key file"):
        new.open(*PLACE, sealed)


def test_index() -> None:
    """An index depends on kind, value and first key, and outlives a rotation."""
    vault = rows.vault()
    assert len(vault.index("phone", "1")) == 16
    others = [
        vault.index("phone", "2"),
        vault.index("email", "1"),
        rows.vault(2).index("phone", "1"),
    ]
    assert vault.index("phone", "1") not in others
    assert rows.vault(1, 2).index("phone", "1") == vault.index("phone", "1")


def test_randomness_is_a_parameter() -> None:
    """With fixed randomness a seal is reproducible; otherwise no two are alike."""
    fixed = Vault([rows.key(1)], randomness=bytes)
    assert fixed.seal(*PLACE, b"x") == fixed.seal(*PLACE, b"x")
    assert rows.vault().seal(*PLACE, b"x") != rows.vault().seal(*PLACE, b"x")


def test_sub_keys_differ() -> None:
    """No two purposes share a key."""
    assert len({derive(b"s" * 32, purpose) for purpose in ("seal", "index", "audit")}) == 3


@pytest.mark.parametrize(
    ("name", "secret"), [("12", b"x" * 32), ("z" * 8, b"x" * 32), ("0" * 8, b"x")]
)
def test_malformed_key(name: str, secret: bytes) -> None:
    """A key of the wrong shape is refused, and an empty ring too."""
    with pytest.raises(ValueError, match=r"hex|bytes"):
        Key(name, secret)
    with pytest.raises(ValueError, match="at least one"):
        Vault([])


def test_key_hides_its_secret() -> None:
    """A key printed by accident shows no secret."""
    assert "secret" not in repr(rows.key(1))
