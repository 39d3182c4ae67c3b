"""Who is signed in: a random name in a cookie of this host alone, its hash in the database.

A session ends after 30 minutes without anybody at it, after 12 hours, when its owner signs out
here or everywhere, and as soon as they are disabled, reset or given another role (R52). Its forms
carry a mark that only pages of this very session can hold (R53).
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from bot import passwords
from bot.staff import ACTIVE
from storage.base import Session, Staff, Store

COOKIE = "__Host-session"
IDLE, LONGEST = 30 * 60, 12 * 3600
RENEWED = 60  # seconds; how exactly it is known when somebody was last here


@dataclass(frozen=True, slots=True)
class Officer:
    """Whoever is signed in; the name is the officer's name in queues and dossiers."""

    name: str
    role: str

    @property
    def id(self) -> str:
        return self.name


class Here(NamedTuple):
    """Somebody signed in, by which session."""

    officer: Officer
    session: Session


async def of(store: Store, token: str, now: float) -> Here | None:
    """Whose session this is, unless it has ended."""
    found = await store.signed_in(passwords.token_hash(token)) if token else None
    return _here(*found, now) if found else None


async def everybody(store: Store, now: float) -> dict[bytes, Here]:
    """All who are signed in, by the marks of their sessions."""
    found = await store.all_signed_in(now - IDLE)
    known = {mark: _here(session, staff, now) for mark, (session, staff) in found.items()}
    return {mark: here for mark, here in known.items() if here}


def _here(session: Session, staff: Staff, now: float) -> Here | None:
    over = now >= session.seen_at + IDLE or now >= session.begun_at + LONGEST
    if over or staff.state != ACTIVE:
        return None
    return Here(Officer(staff.name, staff.role), session)


async def renew(store: Store, session: Session, now: float) -> None:
    """Note that somebody is at it."""
    if now >= session.seen_at + RENEWED:
        async with store.unit(now=now) as unit:
            await unit.renew_sessions([replace(session, seen_at=now)])


def begin(name: str, now: float, random: Callable[[int], bytes]) -> tuple[str, Session]:
    """A new session: what its cookie says, and the row."""
    token, mark = passwords.page_token(random)
    return token, Session(mark, name, now, now)


def form_mark(key: bytes, token: str) -> str:
    """What every form of this session carries."""
    return hmac.digest(key, f"form\0{token}".encode(), "sha256").hex()[:32]
