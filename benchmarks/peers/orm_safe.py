"""Sealed columns of the ORM peer: seal on assignment, open on read, bound to the row.

No TypeDecorator: a column type does not know the row that its value belongs to.
"""

import json
from typing import Any

from storage.vault import Vault

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: object) -> bytes:
    """JSON without blanks and escapes."""
    return _ENCODER.encode(value).encode()


class Safe:
    """Seals and opens JSON objects with the bot's own vault."""

    def __init__(self, vault: Vault) -> None:
        """`vault` also makes the blind indexes."""
        self.vault = vault

    def json(self, table: str, row: object, column: str, value: dict[str, Any]) -> bytes:
        """Seal an object."""
        return self.vault.seal(table, str(row), column, dumps(value))

    def open_json(self, table: str, row: object, column: str, sealed: bytes) -> dict[str, Any]:
        """Open what `json` has sealed."""
        opened: dict[str, Any] = json.loads(self.vault.open(table, str(row), column, sealed))
        return opened
