"""Killed without warning, the database loses nothing that was acknowledged."""

import subprocess
import sys
from pathlib import Path

from tests.storage.conftest import Opener
from tests.storage.tampering import tamper


def _killed_after(database: Path, prefix: str, lines: int) -> list[str]:
    command = [sys.executable, "-m", "tests.storage.crashing", str(database), prefix]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(lines)]
        child.kill()
        said += child.stdout.read().splitlines()
    return said


async def test_kill_in_the_middle_of_units(opened: Opener, database: Path) -> None:
    """After kill -9 the file is sound, acknowledged units are there, each one whole."""
    acknowledged: list[str] = []
    for lines in (1, 17, 40):
        acknowledged += _killed_after(database, f"after {lines}", lines)
        assert tamper(database, "PRAGMA integrity_check") == [("ok",)]
        assert tamper(database, "PRAGMA foreign_key_check") == []
        store = await opened()
        async with store.unit(now=1) as unit:
            assert set(await unit.conversations(acknowledged)) == set(acknowledged)
        tables = ["conversations", "transcript", "challenges", "seen", "audit", "outbound"]
        tables += ["changes", "dossiers", "edges"]
        counts = {tamper(database, f"SELECT count(*) FROM {table}")[0] for table in tables}  # noqa: S608
        assert counts == {(await store.verify_audit(),)}
        await store.close()
