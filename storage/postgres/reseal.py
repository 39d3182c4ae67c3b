"""Seals anew what an older key sealed, so that the older key can be dropped.

Walks every sealed column in the order of its key, a page per transaction. A value is replaced
only if it is still the one that was read; whoever wrote another one meanwhile sealed it with the
newest key. Interrupted, it can simply be run again.
"""

from dataclasses import dataclass
from typing import Any

from storage.postgres.statements import arrays
from storage.postgres.wire import Row, Wire
from storage.vault import Vault

Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed column of one table, and the key it is walked by, with its types.

    bound: which columns of the key the seals are bound to.
    most: rows that one transaction may take.
    half: where the person's half of the key is found.
    """

    table: str
    column: str
    key: dict[str, str]
    bound: tuple[str, ...]
    most: int = 5000
    half: str = "''::bytea"

    async def page(self, wire: Wire, vault: Vault, after: Place, limit: int) -> tuple[Place, int]:
        """Treat the next `limit` rows; the last key (empty at the end) and how many changed."""
        rows = await wire.fetch(self._select(after), *after, limit)
        stale = [row for row in rows if row[-2] and not vault.is_fresh(row[-2])]
        changed = [(*tuple(row)[:-1], self._again(vault, row)) for row in stale]
        if changed:
            await wire.execute(self._update(), *zip(*changed, strict=True))
        return (tuple(rows[-1])[:-2] if len(rows) == limit else ()), len(changed)

    def _again(self, vault: Vault, row: Row) -> bytes:
        named = dict(zip(self.key, row, strict=False))
        parts = (named[name] for name in self.bound)
        name = "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)
        plain = vault.open(self.table, name, self.column, row[-2], row[-1])
        return vault.seal(self.table, name, self.column, plain, row[-1])

    def _select(self, after: Place) -> str:
        key = ", ".join(self.key)
        marks = ", ".join(f"${place}" for place in range(1, len(after) + 1))
        beyond = f"WHERE ({key}) > ({marks})" if after else ""
        limit = f"LIMIT ${len(after) + 1}"
        return (
            f"SELECT {key}, {self.column}, {self.half} FROM {self.table} {beyond}"  # noqa: S608
            f" ORDER BY {key} {limit}"
        )

    def _update(self) -> str:
        given = arrays(*self.key.values(), "bytea", "bytea")
        same = " AND ".join(f"{self.table}.{name} = given.{name}" for name in self.key)
        return (
            f"UPDATE {self.table} SET {self.column} = given.fresh"  # noqa: S608
            f" FROM {given} AS given ({', '.join(self.key)}, former, fresh)"
            f" WHERE {same} AND {self.table}.{self.column} = given.former"
        )


_HALF = "coalesce((SELECT half FROM conversations AS own WHERE own.chat = transcript.chat), '')"
_REF = {"ref": "text"}
_TURN = {"chat": "text", "turn": "bigint", "at": "double precision"}

EVERYTHING = (
    Sealed("conversations", "memo", {"chat": "text"}, ("chat",), half="half"),
    Sealed("transcript", "words", _TURN, ("chat", "turn"), half=_HALF),
    Sealed("outbound", "letter", {"id": "bigint", "ref": "text"}, ("ref",)),
    Sealed("members", "personal", {"account": "bytea"}, ("account",)),
    Sealed("set_aside", "payload", {"key": "text"}, ("key",)),
    Sealed("changes", "before", _REF, ("ref",)),
    Sealed("changes", "after", _REF, ("ref",)),
    Sealed("dossiers", "form", _REF, ("ref",)),
    Sealed("edges", "why", {"ref": "text", "version": "bigint"}, ("ref", "version")),
    Sealed("photos", "image", _REF, ("ref",), most=20),
    Sealed("staff", "totp", {"name": "text"}, ("name",)),
    Sealed("rights", "why", _REF, ("ref",)),
)


async def forget_older_keys(wire: Wire, vault: Vault) -> None:
    """Record that only the newest key is in use; the others may leave the key file."""
    await wire.execute("DELETE FROM seal_keys WHERE kid <> $1", vault.newest)
