"""A receipt's signed statement: short enough for a QR code, checked with public keys alone.

    VB1.<key id and statement, base32>.<Ed25519 signature, base32>

Base32 in capitals is what a QR code packs best, and what survives being read aloud. Every key of
the key file gives a seed: the newest signs, all are published. A statement names its key, so one
from before a rotation is still proved, also by somebody who never sees the key file.

Refuses every text but the very one that was signed, to the last bit. What it proves is the
statement; whether the paper around it says the same is for the reader to compare.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.keys import Keyring
from storage.vault import derive

PURPOSE = "receipt"
VERSION = "VB1"
LOOKS_SO = re.compile(r"VB1\.[A-Z2-7]+\.[A-Z2-7]+")

_WORD = re.compile(r"[\w.-]{1,32}", re.ASCII)
_ID_BYTES = 4
_LATEST = 2**40  # seconds; farther ahead no calendar goes


class NotGenuine(Exception):
    """A text is not a statement of ours; the text of the error says why."""


class Malformed(NotGenuine):
    """It does not even look like one."""


class UnknownKey(NotGenuine):
    """It names a key that is not on the list."""


class Forged(NotGenuine):
    """It was not signed with the key that it names, or was changed since."""


class BadList(Exception):
    """A list of public keys cannot be used; the text says which line."""


class Statement(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a receipt claims: at this second the dossier of that kind was at this step."""

    reference: str
    kind: str
    at: int
    step: str

    def __post_init__(self) -> None:
        words = (self.reference, self.kind, self.step)
        if not all(map(_WORD.fullmatch, words)) or not 0 <= self.at < _LATEST:
            raise ValueError("a statement holds short plain words and a time")


def sign(seed: bytes, statement: Statement) -> str:
    """The statement as text; equal statements give equal texts."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    payload = key_id(key.public_key().public_bytes_raw()) + msgspec.msgpack.encode(statement)
    signed = f"{VERSION}.{_text(payload)}"
    return f"{signed}.{_text(key.sign(signed.encode()))}"


def verify(public_keys: Iterable[bytes], text: str) -> Statement:
    """What was signed with one of these keys; NotGenuine when nothing was."""
    payload, signed, signature = _parts(text)
    known = {key_id(key): key for key in public_keys}
    public = known.get(payload[:_ID_BYTES])
    if public is None:
        raise UnknownKey("signed with a key that is not on the list; get the newest list of keys")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed.encode())
        return msgspec.msgpack.decode(payload[_ID_BYTES:], type=Statement)
    except (InvalidSignature, msgspec.DecodeError):
        raise Forged("the signature does not fit: it was changed, or is not ours") from None


def seeds(keyring: Keyring) -> tuple[bytes, ...]:
    """One for each key of the ring, oldest first; the last one is to sign with."""
    return tuple(derive(key.secret, PURPOSE) for key in keyring.keys)


def public_key(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """Four bytes that name a public key and follow from it."""
    return sha256(public).digest()[:_ID_BYTES]


def write_list(public_keys: Iterable[bytes]) -> str:
    """Public keys as offline verifiers keep them: a line each, its id and the key."""
    return "".join(f"{key_id(key).hex()} {_text(key)}\n" for key in public_keys)


def read_list(text: str) -> tuple[bytes, ...]:
    """Read such a list; blank lines and those that begin with # are skipped."""
    lines = enumerate(text.splitlines(), 1)
    return tuple(_listed(n, line) for n, line in lines if line.strip() and line[0] != "#")


def _listed(number: int, line: str) -> bytes:
    name, _, key = line.strip().partition(" ")
    try:
        public = _bytes(key)
    except Malformed:
        public = b""
    if len(public) != 32 or key_id(public).hex() != name:
        raise BadList(f"line {number} is no public key, or not the one it is named after")
    return public


def _parts(text: str) -> tuple[bytes, str, bytes]:
    version, *rest = text.split(".")
    if version != VERSION or len(rest) != 2:
        raise Malformed(f"not a statement: it begins with {VERSION}. and has three parts")
    return _bytes(rest[0]), f"{version}.{rest[0]}", _bytes(rest[1])


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raise Malformed("not a statement: cut off, or with strange letters") from None
    # Without this the unused bits of the last letter could be anything.
    if _text(raw) != text:
        raise Malformed("not a statement: its last letter is not the one that was written")
    return raw
