"""Somebody's hands at a page of the console; every key and click of a task is counted."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from playwright.async_api import Locator, Page


class Cost(NamedTuple):
    """What one task took."""

    keys: int
    clicks: int


@dataclass
class Hands:
    """Whoever sits at the page: what they press and click is counted for the task at hand."""

    page: Page
    done: defaultdict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    _now: Counter[str] | None = None

    @asynccontextmanager
    async def at(self, task: str, *, leaves: bool = False) -> AsyncIterator[None]:
        """One task. leaves: it ends on a page of its own."""
        self._now = Counter()
        if leaves:
            async with self.page.expect_navigation(wait_until="domcontentloaded"):
                yield
        else:
            yield
        self.done[task].append(Cost(self._now["keys"], self._now["clicks"]))
        self._now = None

    async def press(self, *keys: str) -> None:
        """Commands; a chord is one of them."""
        for key in keys:
            self._count("keys")
            await self.page.keyboard.press(key)

    async def click(self, what: Locator) -> None:
        self._count("clicks")
        await what.click()

    async def choose(self, what: Locator, number: int) -> None:
        """Open a list and click on one of it."""
        self._count("clicks", 2)
        await what.select_option(index=number)

    async def write(self, text: str) -> None:
        """Words of the officer's own; no command, so not counted."""
        await self.page.keyboard.insert_text(text)

    def _count(self, what: str, times: int = 1) -> None:
        assert self._now is not None, "everything that is done belongs to a task"
        self._now[what] += times

    @property
    def total(self) -> Cost:
        costs = [cost for task in self.done.values() for cost in task]
        return Cost(sum(it.keys for it in costs), sum(it.clicks for it in costs))
