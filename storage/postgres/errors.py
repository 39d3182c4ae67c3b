"""What asyncpg reports, as the contract's errors; each says what to do.

Nothing of a URL, a statement or its values is put into one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from storage.errors import Conflict, Corrupt, Unavailable
from storage.sealed_requests import MOVED_ON, OPEN_ALREADY

_UNREACHABLE = "the database cannot be reached; check that it runs, and database.url"
_LOCKED = "55P03"
_REMEDIES = {
    # by kind of error: its number, or the first two letters of it
    "08": _UNREACHABLE,
    "25006": "the database is read-only; is database.url that of a standby?",
    "25P03": "the database ended a transaction that did nothing for too long; try again",
    "28": "the database refuses the user; check user and password of database.url",
    "3D000": "that database does not exist; create it, or mend database.url",
    "40": "another process was in the way; try again",
    "53100": "the disk of the database is full; make room",
    "53300": "the database has too many connections; raise its max_connections",
    "53": "the database has run out of memory or locks; raise max_locks_per_transaction",
    _LOCKED: "what is asked for is locked by another process; try again",
    "57": "the database is shutting down or starting up; try again",
    "58": "the disk of the database failed; look at the server's log",
}
# Whatever may come out of asyncpg when the other end is gone.
CLIENT = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_LOST = re.compile("clos(ed|ing)|released back to the pool")
_DAMAGED = {"XX001", "XX002"}
_CONFLICTS = {
    # by the constraint
    "members_by_national": "a personal number belongs to another account already",
    "dossiers_open": OPEN_ALREADY,
    "edges_pkey": MOVED_ON,
}


class Locked(Unavailable):
    """Another process held what was asked for, longer than we wanted to wait."""


@contextmanager
def contract_errors() -> Iterator[None]:
    """Turn what asyncpg reports into the contract's errors; mistakes of ours stay as they are."""
    try:
        yield
    except asyncpg.PostgresError as error:
        meant = _meant(error)
        if meant is None:
            raise
        raise meant from error
    except asyncpg.InterfaceError as error:
        # A connection that is lost while it is in use is taken back by the pool.
        if isinstance(error, ValueError) or not _LOST.search(str(error)):
            raise
        raise Unavailable(_UNREACHABLE) from error
    except asyncpg.InternalClientError as error:
        # The server's last words came before we asked, and its good-bye is still on the way.
        raise Unavailable(_UNREACHABLE) from error
    except OSError as error:  # also when it took too long
        raise Unavailable(_UNREACHABLE) from error


def _meant(error: Any) -> Exception | None:  # noqa: ANN401
    state = error.sqlstate or ""
    if state in _DAMAGED:
        return Corrupt("the database is damaged; restore a backup")
    if conflict := _CONFLICTS.get(error.constraint_name or ""):
        return Conflict(conflict)
    remedy = _REMEDIES.get(state) or _REMEDIES.get(state[:2])
    if remedy is None:
        return None
    return (Locked if state == _LOCKED else Unavailable)(remedy)
