"""Where each one-time code of a run goes, whether it may really go there, what it is bound to.

A procedure says "the phone on file" or names a contact; here that becomes an address. Where
there is none, an address that nobody has takes its place, so that an account nobody holds walks
exactly the same way (security rules R26, R27).
"""

import hashlib
from dataclasses import dataclass, field

from bot.budgets import Budgets
from bot.desk import Desk
from bot.ledger import ChallengeKey, Ledger
from flows.model import ON_FILE, ON_FILE_EMAIL
from flows.table import AskCode
from storage.base import Challenge, Change, Member

HOUR = 3600
COOLING = 72 * HOUR  # R19: after a change of a contact neither another one nor a reset by it alone
GRANTED = "claim_phone"  # cause of a change that waits for the code to the new number
GRANTED_FOR = 14 * 24 * HOUR
SECOND = "+"  # a code that was right but lapsed before the other one came has a successor


@dataclass(slots=True)
class Way:
    """One code of a run on its way: `to` is an address, `bound` what the digits are bound to.

    real: it may really go there; otherwise it is a decoy.
    """

    asked: AskCode
    key: ChallengeKey
    account: bytes
    to: str
    bound: bytes
    real: bool
    budgets: Budgets = field(repr=False)

    def fits(self, challenge: Challenge) -> bool:
        """Whether a code was issued for what the draft names now: account, contact, value."""
        return (challenge.account, challenge.destination) == (self.account, self.bound)

    def holds(self, challenge: Challenge | None, now: float) -> bool:
        """Whether the code was right, for just this, and has not expired."""
        if challenge is None or challenge.used_at is None or challenge.void_at is not None:
            return False
        return now < challenge.expires_at and self.fits(challenge)


def keys(chat: str, run: int, asked: AskCode) -> tuple[ChallengeKey, ...]:
    """The challenges that one code of a run may have had."""
    first = (chat, run, asked.slot)
    return (first, (chat, run, asked.slot + SECOND)) if asked.twin else (first,)


def current(keys: tuple[ChallengeKey, ...], ledger: Ledger, now: float) -> ChallengeKey:
    """The challenge that counts: the successor once the first one was right but has lapsed."""
    first = ledger.challenges.get(keys[0])
    lapsed = first is not None and first.used_at is not None and now >= first.expires_at
    return keys[-1] if lapsed else keys[0]


def address(desk: Desk, contact: str, member: Member | None, subject: bytes) -> str:
    """The address behind `contact`; one that nobody has where nothing is on file."""
    if contact not in (ON_FILE, ON_FILE_EMAIL):
        return contact
    person = member.person if member else None
    found = (person.phone or person.email) if person and contact == ON_FILE else ""
    if person and contact == ON_FILE_EMAIL:
        found = person.email
    return found or _nobody(desk, contact, subject)


def is_real(asked: AskCode, to: str, member: Member | None, ledger: Ledger, now: float) -> bool:
    """Whether a code may really go: an active account, a contact that is its own or nobody's."""
    if member is None or member.state != "active":
        return False
    if asked.on_file:
        changed = ledger.changed(member.account, now - COOLING)
        fresh = any(to == change.after for change in changed)
        return to in (member.person.phone, member.person.email) and not fresh
    others = ledger.holders.get(to, frozenset()) - {member.account}
    return not others and (not asked.granted or granted(ledger, member.account, to) is not None)


def granted(ledger: Ledger, account: bytes, phone: str) -> Change | None:
    """The change to this phone that two officers granted, its hold over, not yet taken up."""
    rows = ledger.recent.get(account, ())
    waiting = (row for row in rows if row.ended_at is None and row.applied_at is None)
    return next((row for row in waiting if (row.cause, row.after) == (GRANTED, phone)), None)


def bound(desk: Desk, asked: AskCode, to: str, value: str) -> bytes:
    """What a code is bound to besides account and run: its address, and the value it is for."""
    destination = desk.contact_index(to)
    if not asked.binds:
        return destination
    return hashlib.blake2b(destination + desk.index("value", value), digest_size=16).digest()


def _nobody(desk: Desk, contact: str, subject: bytes) -> str:
    mark = desk.index("nobody", subject.hex())
    if contact == ON_FILE_EMAIL:
        return f"{mark.hex()}@example.invalid"
    return f"+84{int.from_bytes(mark[:4], 'big') % 10**9:09d}"
