"""The database for many machines: the Store contract on PostgreSQL, through asyncpg.

`store.py` is the store; `unit.py` and `requests.py` one open transaction and the order of its
locks, over `held.py`; `writes.py` joins what it writes; `post.py`, `registry.py`, `audit.py`,
`months.py`, `purge.py` and `reseal.py` say what is done inside one; `bell.py` wakes notifiers;
`copy.py` lets rows move to and from a file; only `wire.py` and `errors.py` know asyncpg.
"""

from storage.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
