"""Statements on switches, messages and the audit log, and their rows; for every engine."""

from typing import Any

from storage.operations import WINDOW, Record, Search, Sending, Switch
from storage.vault import Vault

Row = tuple[Any, ...]

SWITCH = "name, value, vi, en, until, who, at"
SWITCHES = f"SELECT {SWITCH} FROM switches ORDER BY name"  # noqa: S608 - made of constants
# $1: before, $2: from, $3: limit, $4: kind, $5: who
RECORDS = """
SELECT seq, at, kind, who, detail FROM audit
WHERE seq < $1 AND seq >= $2 AND ($4 = '' OR kind = $4) AND ($5 = '' OR who = $5)
ORDER BY seq DESC LIMIT $3
"""
HEAD = "SELECT coalesce(max(seq), 0) FROM audit_head"
LAST = "SELECT coalesce(max(id), 0) FROM outbound"
_SENDINGS = """
SELECT o.id, o.channel, o.status, o.created_at, o.due, o.dies_at, o.ended_at, o.tries, o.slot,
       coalesce(a.sender, ''), coalesce(a.detail, ''), o.ref, o.letter
FROM outbound AS o LEFT JOIN attempts AS a ON a.outbound = o.id AND a.fence = o.fence
WHERE o.id < $1 AND o.id >= $2 AND {state} AND ($5 = '' OR o.channel = $5)
ORDER BY o.id DESC LIMIT $3
"""
# Failures are rare and have an index of their own, if the statement says so plainly.
_DEAD = "$4 = 'dead' AND o.status = 'dead'"
_ANY = "($4 = '' OR o.status = $4)"


def sendings(state: str) -> str:
    """The statement of a page of messages."""
    return _SENDINGS.replace("{state}", _DEAD if state == "dead" else _ANY)


def asked(picked: Search, newest: int) -> tuple[int, int, int, str, str]:
    """The values of a page's statement; newest: the highest number there is."""
    before = min(picked.before, newest + 1)
    least = 0 if picked.kind == "dead" else before - WINDOW
    return before, least, picked.limit, picked.kind, picked.who


def read_switch(row: Row) -> Switch:
    return Switch(*row)


def read_record(row: Row) -> Record:
    return Record(*row)


def read_sending(vault: Vault, row: Row) -> Sending:
    """Open the address and leave the text closed."""
    *clear, slot, sender, detail, ref, letter = tuple(row)
    to = b""
    if letter is not None:
        to, _, _ = vault.open("outbound", ref, "letter", letter).partition(b"\0")
    kept = letter is not None and clear[2] == "dead"
    values = (*clear, bool(slot), sender, detail, to.decode(), kept)
    return Sending(*values)
