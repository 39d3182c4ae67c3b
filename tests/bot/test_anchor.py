"""The file of anchors: one line each, and a torn one does no harm."""

import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import anchor
from bot.anchor import AnchorError
from storage.base import Act, Store
from storage.sqlite import SqliteStore
from tests.storage import rows


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A chain of three records."""
    store = SqliteStore(":memory:", rows.vault(), rows.AUDIT_KEY)
    await store.open(now=0)
    async with store.unit(now=1) as unit:
        await unit.add_acts([Act(float(at), "a", "me") for at in range(3)])
    yield store
    await store.close()


async def test_anchors_are_found(tmp_path: Path, store: Store) -> None:
    """Every anchored record is looked for, in a file only its owner reads."""
    file = tmp_path / "anchors"
    for seq, mac in (await store.audit_macs([1, 3])).items():
        anchor.append(file, seq, mac, 0.0)
    assert await anchor.check(file, store) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("seq", "mac"), [(2, b"x" * 32), (4, b"x" * 32)])
async def test_what_is_not_in_the_chain(
    tmp_path: Path, store: Store, seq: int, mac: bytes
) -> None:
    """An anchor with another mac, or beyond the end, is named."""
    anchor.append(tmp_path / "anchors", seq, mac, 0.0)
    with pytest.raises(AnchorError, match=f"record {seq}, anchored at 1970-01-01"):
        await anchor.check(tmp_path / "anchors", store)


async def test_a_torn_line(tmp_path: Path, store: Store) -> None:
    """A line that a power cut tore is no anchor, and the next one does not continue it."""
    file = tmp_path / "anchors"
    macs = await store.audit_macs([1, 2])
    anchor.append(file, 1, macs[1], 0.0)
    with file.open("ab") as torn:
        torn.write(b"1970-01-01T00:00")
    assert await anchor.check(file, store) == 1
    anchor.append(file, 2, macs[2], 0.0)
    assert await anchor.check(file, store) == 2


async def test_lines_of_something_else(tmp_path: Path, store: Store) -> None:
    """Lines that are no anchors are named by their number."""
    file = tmp_path / "anchors"
    file.write_bytes(b"hello\n")
    with pytest.raises(AnchorError, match="line 1 is not an anchor"):
        await anchor.check(file, store)


def test_anchors_of_two_processes(tmp_path: Path) -> None:
    """Two processes that anchor at the same time leave whole lines, none of them cut."""
    file = tmp_path / "anchors"

    def anchor_many(_: int) -> None:
        for seq in range(1, 40):
            anchor.append(file, seq, b"m" * 32, 0.0)

    with ThreadPoolExecutor(2) as both:
        list(both.map(anchor_many, range(2)))
    lines = file.read_text().splitlines()
    assert len(lines) == 2 * 39
    assert all(line.split()[2] == (b"m" * 32).hex() for line in lines)
