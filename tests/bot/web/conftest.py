"""The citizen whom every test of the web side starts from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.clock import ManualClock
from tests.bot.demo.conftest import browser, eyes
from tests.bot.web.citizen import Citizen, living

__all__ = ["browser", "citizen", "eyes"]  # the demo's browser serves here too


@pytest_asyncio.fixture
async def citizen(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Citizen]:
    """Somebody with an account, a phone and an e-mail on file."""
    async with living(tmp_path, clock) as citizen:
        yield citizen
