"""Messages on their way out: claimed under a lease, settled under a fence.

A claim raises the fence; whoever comes with an older one has lost the message meanwhile, and its
settlement changes nothing. Only the oldest waiting message of a lane can be claimed.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from storage.base import Backlog, Parcel, Settlement
from storage.sealed import read_parcel
from storage.vault import Vault

ADD = """
INSERT INTO outbound (ref, lane, channel, letter, due, dies_at, chat, run, slot, counter,
                      created_at, keep)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_CLAIMABLE = """
SELECT id FROM outbound AS mine
WHERE status = 'waiting' AND due <= :now AND leased_until <= :now
    AND channel IN (SELECT value FROM json_each(:channels))
    AND NOT EXISTS (SELECT 1 FROM outbound AS older WHERE older.status = 'waiting'
                    AND older.lane = mine.lane AND older.id < mine.id)
ORDER BY due, id LIMIT :limit
"""
_CLAIM = f"""
UPDATE outbound SET fence = fence + 1, tries = tries + 1, leased_until = :until
WHERE id IN ({_CLAIMABLE}) RETURNING id, fence, tries
"""  # noqa: S608 - made of constants
_START = "INSERT INTO attempts (outbound, fence, try, at, owner) VALUES (?, ?, ?, ?, ?)"
_READ = """
SELECT o.id, o.fence, o.tries, o.created_at,
       o.ref, o.lane, o.channel, o.letter, o.due, o.dies_at,
       o.chat, o.run, o.slot, o.counter,
       c.purpose, c.account, c.destination, c.counter, c.sent_at, c.expires_at, c.tries,
       c.used_at, c.void_at, c.decoy
FROM json_each(?) AS claimed CROSS JOIN outbound AS o ON o.id = claimed.value
LEFT JOIN challenges AS c ON o.slot <> '' AND c.chat = o.chat AND c.run = o.run AND c.slot = o.slot
ORDER BY o.id
"""
_SETTLE = """
UPDATE outbound SET status = :status, due = :due, tries = :tries, leased_until = 0,
    letter = CASE WHEN :status = 'waiting' OR (
        :status = 'dead' AND keep = 1 AND dies_at > :at
    ) THEN letter END,
    ended_at = CASE WHEN :status = 'waiting' THEN NULL ELSE :at END
WHERE id = :id AND fence = :fence AND status = 'waiting'
"""
_FINISH = """
UPDATE attempts SET ended_at = :at, sender = :sender, verdict = :status, detail = :detail
WHERE outbound = :id AND fence = :fence AND ended_at IS NULL
"""
# Overdue is what could be claimed: a message behind another one of its lane waits for that one.
_BACKLOG = """
SELECT (SELECT count(*) FROM outbound WHERE status = 'waiting'), (
    SELECT due FROM outbound AS mine
    WHERE status = 'waiting' AND due <= ?1 AND leased_until <= ?1
        AND NOT EXISTS (SELECT 1 FROM outbound AS older WHERE older.status = 'waiting'
                        AND older.lane = mine.lane AND older.id < mine.id)
    ORDER BY due, id LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for what: up to `limit` messages that are due `now`, until the lease ends.

    settled: how earlier tries ended; their lanes are free for this claim.
    """

    owner: str
    channels: Sequence[str]
    now: float
    lease: float
    limit: int
    settled: Sequence[Settlement] = ()

    def asked(self) -> dict[str, object]:
        return {
            "now": self.now,
            "until": self.now + self.lease,
            "channels": _list(self.channels),
            "limit": self.limit,
        }


def anything(db: sqlite3.Connection, claim: Claim) -> bool:
    """Look without the right to write, so that an idle notifier disturbs nobody."""
    return db.execute(_CLAIMABLE, claim.asked()).fetchone() is not None


def lease(db: sqlite3.Connection, vault: Vault, claim: Claim) -> list[Parcel]:
    """Settle what has ended, take what is due, and record each try before it is made."""
    settle(db, claim.settled)
    claimed = db.execute(_CLAIM, claim.asked()).fetchall()
    db.executemany(_START, [(*one, claim.now, claim.owner) for one in claimed])
    rows = db.execute(_READ, (_list([number for number, _, _ in claimed]),))
    return [read_parcel(vault, row) for row in rows]


def settle(db: sqlite3.Connection, rows: Sequence[Settlement]) -> None:
    ends = [msgspec.structs.asdict(end) for end in rows]
    db.executemany(_SETTLE, ends)
    db.executemany(_FINISH, ends)


def backlog(db: sqlite3.Connection, now: float) -> Backlog:
    return Backlog(*db.execute(_BACKLOG, (now,)).fetchone())


def _list(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()
