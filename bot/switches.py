"""What operators have switched off or announced, as every process hears of it.

The rows are read by the first turn that comes `EVERY` seconds after the last look, so a change
counts everywhere within that time and no turn in between pays for it. Days with other hours are
such rows too; they change when somebody answers, never when something is legally due. So are
edited answers (`guide_edits.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time

from bot.clock import Clock
from bot.workdays import Hours, Workdays
from flows import switched
from flows.effects import Say
from flows.heard import OFF, Heard
from flows.model import Talk
from storage.base import Act, Store, Switch

EVERY = 20.0  # seconds
SURGE, GUIDE, DAY = "surge", "guide:", "day:"
GREETINGS = ("hello", "welcome", "menu")
UTC_PLUS = 7 * 3600


class Switches:
    """The switches as they were at the last look."""

    def __init__(self, store: Store, clock: Clock, leading: Callable[[str], str]) -> None:
        """`leading`: the guide about a procedure, "" for none."""
        self._store = store
        self._clock = clock
        self._leading = leading
        self._rows: Mapping[str, Switch] = {}
        self._looked = float("-inf")
        self._office: Workdays | None = None

    async def look(self) -> None:
        """Read them anew if the last look is long enough ago."""
        now = self._clock.now()
        if now - self._looked >= EVERY:
            self._rows = {row.name: row for row in await self._store.switches()}
            self._office, self._looked = None, now

    def forget(self) -> None:
        """Have the next look read them; whoever changed one sees it at once."""
        self._looked = float("-inf")

    def get(self, name: str) -> Switch | None:
        """What is set under this name now."""
        row = self._rows.get(name)
        return row if row and (not row.until or self._clock.now() < row.until) else None

    def heard(self, chat: str, talk: Talk, heard: Heard) -> Heard:
        """What was heard, or that it is switched off."""
        if not self._rows:
            return heard
        channel = switched.CHANNEL + chat.partition(":")[0]
        if self.get(channel) and switched.stops_at_channel(heard):
            return Heard(OFF, channel)
        name = switched.begun(talk, heard)
        if name and self.get(switched.FLOW + name):
            return Heard(OFF, switched.FLOW + name, at=self._leading(name))
        return heard

    def told(self, name: str, lang: str) -> dict[str, str]:
        """What the text of a notice may name; empty where nothing is set."""
        row = self._rows.get(name)
        if row is None:
            return {}
        since = datetime.fromtimestamp(row.at + UTC_PLUS, UTC)
        words = row.en if lang == "en" and row.en else row.vi
        return {"notice": words, "since": f"{since:%H:%M %d/%m/%Y}"}

    def greeted(self, says: Sequence[Say]) -> list[Say]:
        """What is said, with the surge notice where somebody is greeted or shown the menu."""
        found = list(says)
        if not self._rows:
            return found
        at = next((n for n, say in enumerate(found) if say.key in GREETINGS), None)
        if at is not None and self.get(SURGE):
            found.insert(at + (found[at].key == "hello"), Say("notice", {"switch": SURGE}))
        return found

    def office(self, usual: Workdays) -> Workdays:
        """When somebody answers: the usual hours, and the days that were changed."""
        if self._office is None:
            days = [row for row in self._rows.values() if row.name.startswith(DAY)]
            self._office = usual.with_days({day_of(row): hours_of(row.value) for row in days})
        return self._office


def day_of(row: Switch) -> date:
    """The day that this row is about."""
    return date.fromisoformat(row.name.removeprefix(DAY))


def hours_of(value: str) -> Hours | None:
    """From when to when "08:00-11:30" is; "" is a day off. ValueError for all else."""
    if not value:
        return None
    opens, _, closes = value.partition("-")
    hours = time.fromisoformat(opens), time.fromisoformat(closes)
    if hours[0] >= hours[1]:
        raise ValueError("closes before it opens")
    return hours


async def set_(store: Store, row: Switch) -> None:
    """Set one, for every process, and remember who did."""
    async with store.unit(now=row.at) as unit:
        await unit.save_switches([row])
        await unit.add_acts(
            [Act(row.at, "switch.set", row.who, detail=f"{row.name} {row.value}".strip())]
        )


async def take_back(store: Store, name: str, who: str, now: float) -> None:
    """Take one back; nothing happens where nothing is set."""
    if name not in {row.name for row in await store.switches()}:
        return
    async with store.unit(now=now) as unit:
        await unit.drop_switches([name])
        await unit.add_acts([Act(now, "switch.taken_back", who, detail=name)])
