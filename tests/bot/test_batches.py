"""The intake: order in a chat, poison, a database that cannot be reached, shutting down."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import structlog

from bot.app import Engine, running
from bot.batches import Batches
from bot.channels.base import Incoming
from bot.desk import Desk
from bot.turn import Taken, Turns
from flows.dialogue import Dialogue, Heard, Outcome
from flows.model import TEXT, Event, Facts, Talk
from flows.table import Draft
from storage.base import Unavailable
from tests.bot.town import LAN, Town, all_at_once, incoming

POISON = "thuốc độc 0123456789"


class Allergic(Dialogue):
    """A dialogue with a bug: one text is too much for it."""

    def hear(self, talk: Talk, event: Event) -> Heard:
        if event.text == POISON:
            raise KeyError(event.text)
        return super().hear(talk, event)

    def step(self, talk: Talk, heard: Heard, facts: Facts, draft: Draft = None) -> Outcome:
        if heard.value == "+84900000666":
            raise ZeroDivisionError(heard.value)
        return super().step(talk, heard, facts, draft)


def _allergic(desk: Desk) -> Desk:
    return replace(desk, dialogue=Allergic(desk.flows, desk.wording.phrases()))


@asynccontextmanager
async def with_bug(town: Town) -> AsyncIterator[Engine]:
    """The town's engine with that dialogue in it."""
    turns = Turns(_allergic(town.engine.desk), town.store, town.clock)
    engine = replace(town.engine, turns=turns, batches=Batches(turns, lambda: None))
    async with running(engine, notify=False):
        yield engine


async def test_poison_is_set_aside(town: Town) -> None:
    """An event that breaks the turn is kept apart; its neighbours pass; it never comes back."""
    chats = [f"web:{number}" for number in range(5)]
    batch = [incoming(chat, Event(TEXT, "menu")) for chat in chats]
    batch[2] = incoming(chats[2], Event(TEXT, POISON), key="poisoned")
    with structlog.testing.capture_logs() as logs:
        async with with_bug(town) as engine:
            results = await all_at_once([engine.batches.ask(each) for each in batch])
            again = await engine.batches.ask(batch[2])
            healthy = await engine.batches.ask(incoming(chats[2], Event(TEXT, "menu")))
    assert results == [True, True, False, True, True]
    assert again is False
    assert healthy is True
    assert await town.rows("SELECT key, chat, error FROM set_aside") == [
        ("poisoned", chats[2], "KeyError")
    ]
    assert await town.rows("SELECT kind FROM audit") == [("set_aside",)]
    assert logs == [
        {"event": "event set aside", "key": "poisoned", "error": "KeyError", "log_level": "error"}
    ]


async def test_set_aside_is_sealed_and_whole(town: Town) -> None:
    """What was set aside can be read with the key file, and only with it."""
    poison = incoming("web:1", Event(TEXT, POISON), key="poisoned")
    async with with_bug(town) as engine:
        await engine.batches.put(poison)
    payload = await town.value("SELECT payload FROM set_aside")
    assert POISON.encode() not in payload
    opened = town.keyring.vault().open("set_aside", "poisoned", "payload", payload)
    assert "thuốc độc" in opened.decode()


async def test_poison_halfway(town: Town) -> None:
    """A step that fails after others of its batch leaves nothing of its own behind."""
    for number in range(3):
        await town.citizen(f"web:{number}").says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    texts = (LAN.phone, "+84900000666", LAN.email)
    batch = [incoming(f"web:{n}", Event(TEXT, text)) for n, text in enumerate(texts)]
    async with with_bug(town) as engine:
        await all_at_once([engine.batches.ask(each) for each in batch])
    await town.deliver()
    assert len(town.codes_for(LAN.phone)) == len(town.codes_for(LAN.email)) == 1
    assert await town.rows("SELECT state FROM conversations WHERE chat = 'web:1'") == [
        ("contact",)
    ]
    assert await town.value("SELECT count(*) FROM challenges") == 2


async def test_locked_database(old_town: Town) -> None:
    """While the database cannot be written nothing is acknowledged; afterwards all goes on."""
    lan = old_town.citizen()
    await lan.says("quên mật khẩu")
    await old_town.rows("PRAGMA busy_timeout = 10")
    update = incoming(lan.chat, Event(TEXT, "đồng ý"))
    other = sqlite3.connect(old_town.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await old_town.engine.batches.put(update)
    other.execute("ROLLBACK")
    other.close()
    assert old_town.from_outside("SELECT count(*) FROM consents") == [(0,)]
    assert await old_town.engine.batches.ask(update) is True
    await old_town.deliver()
    assert "Bước 1/3" in lan.last.text


async def test_order_within_a_chat(town: Town) -> None:
    """What one chat sends at once is taken in the order it was put."""
    texts = ("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone)
    puts = [town.engine.batches.put(incoming("web:1", Event(TEXT, text))) for text in texts]
    await asyncio.gather(*puts)
    await town.deliver()
    assert len(town.codes_for(LAN.phone)) == 1


async def test_one_event_per_chat_and_batch(town: Town) -> None:
    """A chat that floods waits for itself, not the others for it."""
    seen: list[list[str]] = []

    class Watched(Turns):
        async def take(self, batch: Sequence[Incoming]) -> Taken:
            seen.append([each.chat for each in batch])
            return await super().take(batch)

    turns = Watched(town.engine.desk, town.store, town.clock)
    engine = replace(town.engine, turns=turns, batches=Batches(turns, lambda: None, most=8))
    async with running(engine, notify=False):
        flood = [incoming("web:flood", Event(TEXT, "menu")) for _ in range(30)]
        quiet = [incoming(f"web:{number}", Event(TEXT, "menu")) for number in range(3)]
        await asyncio.gather(*(engine.batches.put(each) for each in (*flood, *quiet)))
    assert all(len(batch) == len(set(batch)) for batch in seen)
    assert max(at for at, batch in enumerate(seen) if set(batch) - {"web:flood"}) <= 1


async def test_shutting_down(town: Town) -> None:
    """Whoever waits when the engine stops is told so, and never left waiting."""
    batches = town.engine.batches
    puts = [
        asyncio.ensure_future(batches.put(incoming("web:1", Event(TEXT, "menu"))))
        for _ in range(50)
    ]
    await asyncio.sleep(0)
    await town.__aexit__()
    async with asyncio.timeout(1):
        results = await asyncio.gather(*puts, return_exceptions=True)
    assert {type(each) for each in results} <= {type(None), ConnectionAbortedError}
    assert any(isinstance(each, ConnectionAbortedError) for each in results)
