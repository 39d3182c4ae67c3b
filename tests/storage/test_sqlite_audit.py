"""Whatever is done to the audit chain behind the program's back shows."""

from pathlib import Path

import pytest

from storage.base import Act, Corrupt
from storage.sqlite import SqliteStore
from tests.storage import rows
from tests.storage.tampering import tamper


@pytest.fixture
async def chain(disk: SqliteStore) -> SqliteStore:
    async with disk.unit(now=1) as unit:
        await unit.add_acts([Act(float(n), f"kind {n}", "me", rows.ACCOUNT) for n in range(1, 7)])
    return disk


@pytest.mark.parametrize(
    ("record", "change"),
    [
        (3, "UPDATE audit SET detail = 'x' WHERE seq = 3"),
        (3, "UPDATE audit SET at = at + 1 WHERE seq = 3"),
        (3, "UPDATE audit SET account = NULL WHERE seq = 3"),
        (3, "DELETE FROM audit WHERE seq = 3"),
        (1, "DELETE FROM audit WHERE seq = 1"),
        (6, "UPDATE audit SET mac = zeroblob(32) WHERE seq = 6"),
    ],
)
async def test_changed_record(
    chain: SqliteStore, database: Path, record: int, change: str
) -> None:
    """An edited or deleted record is named."""
    tamper(database, change)
    with pytest.raises(Corrupt, match=f"record {record} is missing or was altered"):
        await chain.verify_audit()


async def test_swapped_records(chain: SqliteStore, database: Path) -> None:
    """Two records that changed places are found at the first of them."""
    tamper(
        database,
        "UPDATE audit SET seq = -3 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = -3",
    )
    with pytest.raises(Corrupt, match="record 3"):
        await chain.verify_audit()


async def test_cut_off_tail(chain: SqliteStore, database: Path) -> None:
    """A tail that was cut off is found, though the rest is in order."""
    tamper(database, "DELETE FROM audit WHERE seq > 4")
    with pytest.raises(Corrupt, match="cut off after record 4"):
        await chain.verify_audit()


async def test_cut_off_tail_with_head_moved_back(chain: SqliteStore, database: Path) -> None:
    """The head cannot be moved back without the key; nothing can be appended to such a chain."""
    tamper(
        database,
        "DELETE FROM audit WHERE seq > 4",
        "UPDATE audit_head SET (seq, mac) = (SELECT seq, mac FROM audit WHERE seq = 4)",
    )
    with pytest.raises(Corrupt, match="head"):
        await chain.verify_audit()
    with pytest.raises(Corrupt, match="head"):
        await _act(chain)


async def test_emptied_chain(chain: SqliteStore, database: Path) -> None:
    """Records without a head are no chain."""
    tamper(database, "DELETE FROM audit_head")
    with pytest.raises(Corrupt):
        await chain.verify_audit()


async def _act(store: SqliteStore) -> None:
    async with store.unit(now=1) as unit:
        await unit.add_acts([Act(1.0, "a", "me")])
