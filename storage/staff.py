"""People who work at the console, their sessions, and what a store does with both.

Part of the contract in `base.py`, which says what holds for all of it.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Staff(msgspec.Struct, frozen=True):
    """Somebody who may sign in. `name` is also the officer's name in queues and dossiers.

    state: invited (has not enrolled yet), active or disabled. totp: the secret, sealed at rest.
    step: the last time step whose code was taken; it never falls.
    invite: hash of the one-time secret to enrol with, b"" when there is none.
    """

    name: str
    role: str
    state: str
    changed_at: float
    password_hash: str = ""
    totp: bytes = b""
    step: int = 0
    invite: bytes = b""
    invite_until: float = 0.0


class Session(msgspec.Struct, frozen=True):
    """Somebody who is signed in. `mark`: hash of what the browser holds."""

    mark: bytes
    name: str
    begun_at: float
    seen_at: float


class StaffUnit(Protocol):
    """What one open transaction can read and write of staff."""

    async def staff(self, names: Sequence[str]) -> dict[str, Staff]:
        """These people, by name; nobody else changes them until the unit ends."""

    async def save_staff(self, rows: Sequence[Staff]) -> None:
        """Insert or replace. `step`, once taken, never falls as long as the secret stays."""

    async def begin_sessions(self, rows: Sequence[Session]) -> None:
        """Append."""

    async def renew_sessions(self, rows: Sequence[Session]) -> None:
        """Replace `seen_at`; one that was ended meanwhile does not come back."""

    async def end_sessions(self, names: Sequence[str]) -> None:
        """End all sessions of these people."""

    async def end_session(self, mark: bytes) -> None:
        """End this one."""


class StaffLooks(Protocol):
    """What a store tells of staff beside any unit."""

    async def all_staff(self) -> list[Staff]:
        """Everybody, by name."""

    async def invited(self, invite: bytes) -> Staff | None:
        """Whom this one-time secret was made for."""

    async def signed_in(self, mark: bytes) -> tuple[Session, Staff] | None:
        """The session of this mark and whose it is."""

    async def all_signed_in(self, since: float) -> dict[bytes, tuple[Session, Staff]]:
        """All sessions that somebody was at since then, by their marks."""
