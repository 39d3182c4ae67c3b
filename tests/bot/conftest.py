"""Towns for the tests of the bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.town import Citizen, Town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town that forgets."""
    async with Town(tmp_path) as town:
        yield town


@pytest.fixture
async def old_town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town that remembers: its database is a file."""
    async with Town(tmp_path, on_disk=True) as town:
        yield town


@pytest.fixture
def lan(town: Town) -> Citizen:
    """Somebody with a chat in the forgetful town."""
    return town.citizen("telegram:7")
