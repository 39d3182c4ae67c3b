"""The embedded database: the Store contract on SQLite, through aiosqlite.

`store.py` is the store; `unit.py` and `requests.py` one open transaction, over `carried.py`;
`post.py`, `registry.py`, `audit.py`, `purge.py` and `reseal.py` say what is done inside one;
`wire.py` is the only file that knows aiosqlite.
"""

from storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
