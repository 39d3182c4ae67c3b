"""The key file: the secrets that open the database, kept outside of it.

A JSON list, oldest key first; the newest seals, all open, and the first one also carries what can
never rotate (look-up indexes, the audit chain, codes). Losing the file is losing the personal
data: back it up apart from the database.

Refuses a file that other accounts of the machine can read, and never overwrites one.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from storage.vault import SECRET_BYTES, Key, Vault, derive

Purpose = Literal["code", "tap", "audit", "human", "password", "console"]
Randomness = Callable[[int], bytes]


class KeyFileError(Exception):
    """The key file cannot be used; the text says what to do."""


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One key as it stands in the file; msgspec writes bytes as base64."""

    id: str
    created: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation, oldest first."""

    keys: tuple[Key, ...] = field(repr=False)

    def vault(self) -> Vault:
        return Vault(self.keys)

    def subkey(self, purpose: Purpose) -> bytes:
        """Derive 32 bytes for one purpose from the first key; rotation does not change them."""
        return derive(self.keys[0].secret, purpose)


def load_or_create(path: Path, *, now: float, randomness: Randomness = os.urandom) -> Keyring:
    """Read the key file; on the very first start make it."""
    try:
        return load(path)
    except FileNotFoundError:
        return create(path, now=now, randomness=randomness)


def load(path: Path) -> Keyring:
    """Read the key file. FileNotFoundError when there is none."""
    return _ring(path, _read(path))


def dates(path: Path) -> list[tuple[str, str]]:
    """Id and creation date of every key, oldest first; no secret."""
    return [(entry.id, entry.created) for entry in _read(path)]


def create(path: Path, *, now: float, randomness: Randomness = os.urandom) -> Keyring:
    """Make a key file with one key; an existing file is never touched."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = [_fresh(now, randomness)]
    with _beside(path) as temporary:
        _write(temporary, entries)
        try:
            # A hard link is the rename that refuses to replace.
            path.hardlink_to(temporary)
        except FileExistsError:
            raise KeyFileError(f"{path} exists already: `keys rotate` adds a key to it") from None
    _sync_folder(path)
    return _ring(path, entries)


def rotate(path: Path, *, now: float, randomness: Randomness = os.urandom) -> Keyring:
    """Add a newest key: the file is either the old or the new one, at every instant."""
    with _beside(path) as temporary:
        entries = [*_read(path), _fresh(now, randomness)]
        ring = _ring(path, entries)
        _write(temporary, entries)
        temporary.rename(path)
    _sync_folder(path)
    return ring


def _fresh(now: float, randomness: Randomness) -> _Entry:
    created = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return _Entry(id=randomness(4).hex(), created=created, secret=randomness(SECRET_BYTES))


def _ring(path: Path, entries: list[_Entry]) -> Keyring:
    try:
        keys = tuple(Key(entry.id, entry.secret) for entry in entries)
    except ValueError as error:
        raise KeyFileError(f"{path}: {error}; restore the file from its backup") from None
    if not keys or len({key.id for key in keys}) != len(keys):
        raise KeyFileError(f"{path}: no key, or one id twice; restore the file from its backup")
    return Keyring(keys)


def _read(path: Path) -> list[_Entry]:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFileError(f"{path} can be read by other accounts: run `chmod 600 {path}`")
        text = file.read()
    try:
        return msgspec.json.decode(text, type=list[_Entry])
    except msgspec.DecodeError:
        # No cause: the decoder's message could quote a secret.
        raise KeyFileError(f"{path} is not a key file; restore it from its backup") from None


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Hold a new file beside `path`; while it exists nobody else can change `path`."""
    temporary = path.with_name(path.name + ".new")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise KeyFileError(
            f"{temporary} exists: another change is under way; if none is, delete that file"
        ) from None
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, entries: list[_Entry]) -> None:
    with path.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
