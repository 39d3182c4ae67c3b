"""Seals personal columns, and makes the blind indexes they are looked up by.

A sealed value is `key id (4 bytes) || nonce (12 bytes) || AES-256-GCM ciphertext`. The place it
belongs to (table, row, column, key id) is authenticated with it: moved to another row or column
it does not open. The newest key seals, every key of the ring opens.

The blind index and the audit chain hang on the *first* key of the ring and never rotate: another
key would make every row unfindable. So the first key stays in the key file for as long as the
database lives, even when nothing is sealed with it any more; all others can be dropped once
`Store.reseal` has gone through.

Refuses to guess: an unknown key id, a cut-off or altered value is `Corrupt`.
"""

import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.base import Corrupt

SECRET_BYTES = 32
_KID = 4
_NONCE = 12
_INDEX = 16


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

    @property
    def newest(self) -> str:
        """Id of the key that seals."""
        return self._kid.hex()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all keys that open."""
        return frozenset(kid.hex() for kid in self._ciphers)

    def seal(self, table: str, row: str, column: str, plain: bytes) -> bytes:
        nonce = self._randomness(_NONCE)
        place = _place(table, row, column, self._kid)
        return self._kid + nonce + self._newest.encrypt(nonce, plain, place)

    def open(self, table: str, row: str, column: str, sealed: bytes) -> bytes:
        kid = sealed[:_KID]
        cipher = self._ciphers.get(kid)
        if cipher is None:
            raise Corrupt(f"{table}.{column}: sealed with a key that is not in the key file")
        nonce, ciphertext = sealed[_KID : _KID + _NONCE], sealed[_KID + _NONCE :]
        try:
            return cipher.decrypt(nonce, ciphertext, _place(table, row, column, kid))
        except (InvalidTag, ValueError):
            # ValueError: shorter than a nonce. No cause: it would carry nothing useful.
            raise Corrupt(f"{table}.{column}: a sealed value does not open") from None

    def is_fresh(self, sealed: bytes) -> bool:
        """Tell whether the newest key sealed it."""
        return sealed[:_KID] == self._kid

    def index(self, kind: str, value: str) -> bytes:
        """Make the blind index of `value`; equal values of one kind have equal indexes."""
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), "sha256")[:_INDEX]


def _place(table: str, row: str, column: str, kid: bytes) -> bytes:
    return f"{table}\0{row}\0{column}\0".encode() + kid
