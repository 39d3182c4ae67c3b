"""What operators can count: asked for over real HTTP, about an engine at work."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
from starlette.applications import Starlette

from bot.app import Engine, build, running
from bot.metrics import Counts, metrics_route
from bot.notifier.parcel import Dead, Later
from bot.turn import Turns
from bot.web.app import Strict
from flows.model import TEXT, Event
from tests.bot.channels.loopback import serve
from tests.bot.test_batches import POISON, Allergic
from tests.bot.town import LAN, Citizen, Town, incoming


@dataclass
class Watched:
    """A counted engine and the address of its numbers."""

    engine: Engine
    url: str

    async def text(self) -> str:
        """One scrape."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        return answer.text

    async def value(self, series: str) -> float:
        """One number of a scrape; 0 for a series that has not begun."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", await self.text(), re.MULTILINE)
        return float(found[1]) if found else 0.0


@asynccontextmanager
async def watched(town: Town) -> AsyncIterator[Watched]:
    """The town's engine, with somebody who counts."""
    counts = Counts()
    senders = {each.name: each for each in (town.telegram, town.web, town.sms, town.email)}
    engine = build(town.settings, town.keyring, town.store, town.clock, senders, watch=counts)
    town.engine = engine
    route = metrics_route(counts, engine.store, town.clock)
    async with (
        running(engine, notify=False),
        serve(Starlette(routes=[route])) as url,
    ):
        yield Watched(engine, url)


async def test_updates_and_messages_are_counted(town: Town) -> None:
    """A whole recovery, one repeat, a gateway that is busy once: each shows in its number."""
    async with watched(town) as here:
        town.sms.answers(Later("busy"))
        lan = Citizen(town, "telegram:7")
        await lan.asks_for_a_code()
        town.clock.pass_(2)
        await town.deliver()
        again = incoming("telegram:7", Event(TEXT, "menu"), key="twice")
        assert await here.engine.batches.ask(again)
        assert not await here.engine.batches.ask(again)
        assert await here.value('vssid_updates_total{result="taken"}') == 5
        assert await here.value('vssid_updates_total{result="repeated"}') == 1
        assert await here.value("vssid_batch_size_count") == 6
        assert await here.value("vssid_turn_seconds_count") == 6
        later = 'vssid_outbound_total{channel="sms",verdict="later"}'
        delivered = 'vssid_outbound_total{channel="sms",verdict="delivered"}'
        assert (await here.value(later), await here.value(delivered)) == (1, 1)
        assert await here.value('vssid_message_age_seconds_sum{channel="sms"}') > 2
        assert await here.value('vssid_delivery_seconds_count{channel="sms"}') == 2


async def test_a_backlog_is_looked_up_when_asked(town: Town) -> None:
    """How many wait and how overdue the oldest is, without a notifier of one's own."""
    async with watched(town) as here:
        await Citizen(town, "telegram:7").puts(Event(TEXT, "menu"))
        town.clock.pass_(90)
        assert await here.value("vssid_backlog_messages") == 1
        assert await here.value("vssid_backlog_oldest_seconds") == 90
        town.telegram.answers(Dead("blocked"))
        await town.deliver()
        assert await here.value("vssid_backlog_messages") == 0
        assert await here.value("vssid_backlog_oldest_seconds") == 0


async def test_what_goes_wrong_is_counted(town: Town) -> None:
    """Limits that refuse, events set aside, a database that cannot be used."""
    async with watched(town) as here:
        for chat in range(5):
            await Citizen(town, f"telegram:{chat}").asks_for_a_code()
            town.clock.pass_(70)
            town.clock.pass_(61)
        assert await here.value('vssid_limits_hit_total{what="send_code"}') == 2
        desk = here.engine.desk
        allergic = replace(desk, dialogue=Allergic(desk.flows, desk.wording.phrases()))
        turns = Turns(allergic, town.store, town.clock, here.engine.turns.watch)
        await turns.take([incoming("web:1", Event(TEXT, POISON))])
        assert await here.value("vssid_set_aside_total") == 1
        await town.store.close()
        text = await here.text()
    assert "vssid_backlog_messages NaN" in text
    assert 'vssid_database_errors_total{part="look"} 1.0' in text


async def test_nobody_is_in_the_numbers(town: Town) -> None:
    """No chat, account, phone, address or text is a label or a value."""
    async with watched(town) as here:
        await Citizen(town, "telegram:123454321").recovers()
        text = await here.text()
    for personal in ("123454321", LAN.bhxh_number, LAN.phone, LAN.email, LAN.full_name):
        assert personal not in text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {
        *("le", "part", "channel", "verdict", "result", "what", "version", "python"),
        *("implementation", "major", "minor", "patchlevel"),
    }


async def test_numbers_have_no_other_address(town: Town) -> None:
    """Nothing but the numbers is served there, and nothing asks a browser to do anything."""
    counts = Counts()
    route = metrics_route(counts, town.store, town.clock)
    wire = httpx.ASGITransport(Strict(Starlette(routes=[route])))
    async with httpx.AsyncClient(transport=wire, base_url="http://x") as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405
        assert (await client.get("/metrics")).headers["X-Content-Type-Options"] == "nosniff"
