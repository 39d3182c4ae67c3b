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

    claimed: the number that names the account; account: its blind index.
    again: it takes the place of one that was right but has lapsed.
    """

    asked: AskCode
    key: ChallengeKey
    claimed: str
    account: bytes
    to: str
    bound: bytes
    again: bool
    budgets: Budgets = field(repr=False)
    beside: "Way | None" = None  # goes only together with this one

    def fits(self, challenge: Challenge) -> bool:
        """Whether a code was issued for what the draft names now: account, contact, value."""
        return (challenge.account, challenge.destination) == (self.account, self.bound)

    def holds(self, ledger: Ledger, now: float) -> bool:
        """Whether the code was right, for just this, and has not expired."""
        challenge = ledger.challenges.get(self.key)
        if challenge is None or challenge.used_at is None or challenge.void_at is not None:
            return False
        return now < challenge.expires_at and self.fits(challenge) and self.is_real(ledger, now)

    def is_real(self, ledger: Ledger, now: float) -> bool:
        """Whether a code may really go: an active account, a contact of its own or nobody's.

        Looked at in the moment it matters: an earlier event of the batch may have changed it.
        """
        alone = self._is_real(ledger, now)
        return alone and (self.beside is None or self.beside._is_real(ledger, now))  # noqa: SLF001

    def _is_real(self, ledger: Ledger, now: float) -> bool:
        asked, to, member = self.asked, self.to, ledger.members.get(self.claimed)
        if asked.anyone:
            return not ledger.holders.get(to, frozenset()) - {self.account}
        if member is None or member.state != "active":
            return False
        if asked.on_file:
            changed = ledger.changed(member.account, now - COOLING)
            fresh = any(to == change.after for change in changed)
            return to in (member.person.phone, member.person.email) and not fresh
        others = ledger.holders.get(to, frozenset()) - {member.account}
        grant = not asked.granted or granted(ledger, member.account, to) is not None
        return grant and not others


def keys(chat: str, run: int, asked: AskCode) -> tuple[ChallengeKey, ...]:
    """The challenges that one code of a run may have had."""
    first = (chat, run, asked.slot)
    return (first, (chat, run, asked.slot + SECOND)) if asked.twin else (first,)


def current(
    keys: tuple[ChallengeKey, ...], ledger: Ledger, now: float, *, sending: bool = False
) -> ChallengeKey:
    """The challenge that counts: the successor, where there is one or must be one.

    sending: a code will be asked for; one that was right already cannot be made new.
    """
    first = ledger.challenges.get(keys[0])
    if keys[-1] in ledger.challenges or first is None or first.used_at is None:
        return keys[-1] if keys[-1] in ledger.challenges else keys[0]
    return keys[-1] if sending or now >= first.expires_at else keys[0]


def address(desk: Desk, contact: str, member: Member | None, subject: bytes) -> str:
    """The address behind `contact`; one that nobody has where nothing is on file."""
    if contact not in (ON_FILE, ON_FILE_EMAIL):
        return contact
    person = member.person if member else None
    found = (person.email if contact == ON_FILE_EMAIL else person.phone) if person else ""
    return found or _nobody(desk, contact, subject)


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
