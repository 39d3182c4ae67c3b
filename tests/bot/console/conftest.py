"""Houses for the tests of the console."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import ManualClock
from tests.bot.console.house import House, housed

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC).timestamp()  # a Monday, nine in Viet Nam


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    async with housed(tmp_path, clock) as house:
        yield house
