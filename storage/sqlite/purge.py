"""What outlives its retention goes, in transactions too short to be noticed."""

import sqlite3
from dataclasses import dataclass

from storage.base import Retention

CHUNK = 2000
PICTURES = 20  # as many bytes as a chunk of anything else


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table go `keep` seconds after the time in column `since`."""

    table: str
    key: str
    since: str
    keep: str  # a field of Retention
    only: str = "true"
    chunk: int = CHUNK

    def apply(self, db: sqlite3.Connection, *, keep: Retention, now: float) -> int:
        """Delete the oldest rows; fewer than `chunk` means that none is left."""
        oldest = (
            f"SELECT {self.key} FROM {self.table} WHERE {self.since} < ? AND {self.only}"  # noqa: S608
            f" ORDER BY {self.since} LIMIT {self.chunk}"
        )
        delete = f"DELETE FROM {self.table} WHERE ({self.key}) IN ({oldest})"  # noqa: S608
        return db.execute(delete, (now - getattr(keep, self.keep),)).rowcount


# When the dossier of a picture was closed; long ago, if it is gone itself.
_CLOSED = """
coalesce((SELECT coalesce(closed_at, 9e99) FROM dossiers WHERE dossiers.ref = photos.dossier), 0)
"""
# Without an index on their age, which every consent would pay for.
_OLDEST = f"id < (SELECT min(id) + {CHUNK} FROM consents)"  # noqa: S608 - made of constants
RULES = (
    Rule("seen", "key", "at", "seen"),
    Rule("challenges", "chat, run, slot", "expires_at", "challenges"),
    Rule("pages", "token_hash", "expires_at", "challenges"),
    Rule("sessions", "mark", "begun_at", "challenges"),
    Rule("transcript", "chat, turn", "at", "transcript"),
    Rule("looks", "chat, name", "seen_at", "transcript"),
    Rule("hand_overs", "id", "ended_at", "transcript", only="ended_at IS NOT NULL"),
    Rule("set_aside", "key", "at", "asides"),
    Rule("outbound", "id", "ended_at", "outbound", only="ended_at IS NOT NULL"),
    Rule("tallies", "key, slice", "at", "tallies", only="slice > 0"),
    Rule("consents", "id", "at", "evidence", only=_OLDEST),
    Rule("rights", "ref", "asked_at", "evidence", only="ended_at IS NOT NULL"),
    Rule("changes", "ref", "decided_at", "changes"),
    Rule("photos", "rowid", "at", "strays", only="dossier = ''", chunk=PICTURES),
    Rule("photos", "rowid", _CLOSED, "photos", only="dossier <> ''", chunk=PICTURES),
    Rule("dossiers", "ref", "closed_at", "dossiers", only="closed_at IS NOT NULL"),
)

# The row itself stays: buttons and codes are bound to its turn and its run.
_ABANDON = """
UPDATE conversations SET flow = '', version = 0, state = '', account = NULL, memo = x''
WHERE rowid > ? AND rowid <= ? AND said_at < ? AND (memo <> x'' OR account IS NOT NULL)
"""


_ERASE = """
UPDATE outbound SET letter = NULL WHERE status = 'dead' AND letter IS NOT NULL AND dies_at <= ?
"""


def erase_letters(db: sqlite3.Connection, *, now: float) -> None:
    """Erase letters that were kept to be sent again and are worthless now."""
    db.execute(_ERASE, (now,))


def newest_conversation(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(rowid), 0) FROM conversations").fetchone()[0])


def abandon(db: sqlite3.Connection, *, after: int, before: float) -> None:
    """Forget the answers of procedures that nobody came back to, among the next CHUNK chats."""
    # In steps of row ids and not by an index: an index on said_at would cost every turn.
    db.execute(_ABANDON, (after, after + CHUNK, before))
