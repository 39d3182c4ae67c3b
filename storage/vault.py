"""Seals personal columns, and makes the blind indexes they are looked up by.

A sealed value is `key id (4 bytes) || nonce (12 bytes) || AES-256-GCM ciphertext`. The place it
belongs to (table, row, column, key id) is authenticated with it: moved to another row or column
it does not open. The newest key seals, every key of the ring opens.

The blind index and the audit chain hang on the *first* key of the ring and never rotate: another
key would make every row unfindable. So the first key stays in the key file for as long as the
database lives, even when nothing is sealed with it any more; all others can be dropped once
`Store.reseal` has gone through.

What belongs to one person is sealed with a key made of the ring's and of that person's own half:
without the half, which can be destroyed alone, no key of the ring opens it.

Refuses to guess: an unknown key id, a cut-off or altered value is `Corrupt`.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.base import Corrupt

SECRET_BYTES = 32
_KID = 4
_NONCE = 12
_INDEX = 16
HALF_BYTES = 16
_KNOWN = 4096  # halves whose ciphers are kept


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of the key ring. `id` is eight hex digits and is stored with what it seals."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(bytes.fromhex(self.id)) != _KID or len(self.secret) != SECRET_BYTES:
            raise ValueError("a key has an id of 8 hex digits and a secret of 32 bytes")


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive the sub-key of one purpose; no two purposes ever share key material."""
    info = b"vssid-bot/" + purpose.encode()
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(secret)


class Vault:
    """Seals, opens and indexes with one key ring."""

    def __init__(
        self, keys: Sequence[Key], randomness: Callable[[int], bytes] = os.urandom
    ) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._ciphers = {bytes.fromhex(key.id): AESGCM(derive(key.secret, "seal")) for key in keys}
        self._kid = bytes.fromhex(keys[-1].id)
        self._newest = self._ciphers[self._kid]
        self._index_key = derive(keys[0].secret, "index")
        self._randomness = randomness
        self._halves = {
            bytes.fromhex(key.id): derive(key.secret, "seal with a half") for key in keys
        }
        self._joined = lru_cache(maxsize=_KNOWN)(self._join)

    def new_half(self) -> bytes:
        """Half a key for somebody who has none."""
        return self._randomness(HALF_BYTES)

    @property
    def newest(self) -> str:
        """Id of the key that seals."""
        return self._kid.hex()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all keys that open."""
        return frozenset(kid.hex() for kid in self._ciphers)

    def seal(self, table: str, row: str, column: str, plain: bytes, half: bytes = b"") -> bytes:
        """Seal for this place; with `half`, only it and the key together open it."""
        kid, nonce = self._kid, self._randomness(_NONCE)
        cipher = self._joined(kid, half) if half else self._newest
        return kid + nonce + cipher.encrypt(nonce, plain, _place(table, row, column, kid))

    def open(self, table: str, row: str, column: str, sealed: bytes, half: bytes = b"") -> bytes:
        """Open what was sealed for this place; with `half`, also what was sealed before it."""
        kid = sealed[:_KID]
        if kid not in self._ciphers:
            raise Corrupt(f"{table}.{column}: sealed with a key that is not in the key file")
        nonce, ciphertext = sealed[_KID : _KID + _NONCE], sealed[_KID + _NONCE :]
        cipher = self._joined(kid, half) if half else self._ciphers[kid]
        try:
            return cipher.decrypt(nonce, ciphertext, _place(table, row, column, kid))
        except (InvalidTag, ValueError):
            if half:
                return self.open(table, row, column, sealed)
            # ValueError: shorter than a nonce. No cause: it would carry nothing useful.
            raise Corrupt(f"{table}.{column}: a sealed value does not open") from None

    def _join(self, kid: bytes, half: bytes) -> AESGCM:
        return AESGCM(hashlib.blake2s(half, key=self._halves[kid]).digest())

    def is_fresh(self, sealed: bytes) -> bool:
        """Tell whether the newest key sealed it."""
        return sealed[:_KID] == self._kid

    def index(self, kind: str, value: str) -> bytes:
        """Make the blind index of `value`; equal values of one kind have equal indexes."""
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), "sha256")[:_INDEX]


def _place(table: str, row: str, column: str, kid: bytes) -> bytes:
    return f"{table}\0{row}\0{column}\0".encode() + kid
