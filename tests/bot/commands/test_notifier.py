"""`notifier` and `purge`: what waits, sending it, and forgetting what is old."""

from bot.commands.opening import Opened
from storage.base import Backlog, Outbound, Seen
from tests.bot.commands.conftest import Installation

DAY = 86_400


def test_status_says_how_many_and_how_late(house: Installation) -> None:
    """Nothing, or a number and the age of the oldest; nothing is sent and nobody is named."""

    async def wait(here: Opened) -> None:
        now = here.clock.now()
        rows = [
            Outbound(f"r{n}", f"chat{n}", "telegram", "42", b"{}", now - 90 * n, now + 900)
            for n in range(3)
        ]
        async with here.store.unit(now=now) as unit:
            await unit.add_outbound(rows, now)

    async def backlog(here: Opened) -> Backlog:
        return await here.store.backlog(now=here.clock.now())

    assert house.run("notifier", "status").out == "nothing waits\n"
    house.ask(wait)
    said = house.run("notifier", "status").out
    assert said.startswith("3 waiting; the oldest is 18")
    assert "42" not in said
    assert house.ask(backlog).waiting == 3


def test_drain_needs_what_run_needs(house: Installation) -> None:
    """Without a token and gateways nothing can be sent; every key that lacks is named."""
    outcome = house.run("notifier", "drain")
    assert outcome.code == 2
    assert "telegram.token" in outcome.err


def test_purge_forgets_what_is_old_and_keeps_the_rest(house: Installation) -> None:
    """Marks of updates older than `retention.seen` go; younger ones stay."""

    async def happen(here: Opened) -> None:
        now = here.clock.now()
        async with here.store.unit(now=now) as unit:
            await unit.first_seen([Seen("old", now - 9 * DAY), Seen("young", now - 7 * DAY)])

    house.ask(happen)
    assert house.run("purge").out == "1 rows deleted\n"
    assert house.run("purge").out == "0 rows deleted\n"
