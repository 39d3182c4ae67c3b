"""Alive and ready, in words."""

import httpx

from bot.web.app import web_app
from storage.base import Outbound
from tests.bot.web.citizen import ACCOUNT, Citizen

WELL = "database ok\nschema ok\nkeys ok\nnotifier ok\n"


async def test_it_says_that_it_lives(citizen: Citizen) -> None:
    """Alive is not ready: it stays alive without a database."""
    await citizen.store.close()
    answer = await citizen.browser.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_ready_is_one_word_a_check(citizen: Citizen) -> None:
    """When all is well each line says ok; citizens and messages are not counted."""
    await citizen.ask_for_link()
    answer = await citizen.browser.get("/readyz")
    assert (answer.status_code, answer.text) == (200, WELL)
    assert ACCOUNT not in answer.text


async def test_a_closed_database_is_not_ready(citizen: Citizen) -> None:
    """Nothing can be said about what lies behind it."""
    await citizen.store.close()
    answer = await citizen.browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.text.splitlines()[0] == "database down"
    assert " ok" not in answer.text
    assert (await citizen.browser.get("/readyz/bot")).status_code == 503


async def test_a_notifier_that_is_behind_is_not_ready(citizen: Citizen) -> None:
    """A message overdue for more than a minute, and only then."""
    now = citizen.clock.now()
    late = Outbound("ref", "web:x", "web", "x", b"{}", due=now, dies_at=now + 900)
    async with citizen.store.unit(now=now) as unit:
        await unit.add_outbound([late], now)
    citizen.clock.pass_(60)
    assert (await citizen.browser.get("/readyz")).status_code == 200
    citizen.clock.pass_(1)
    answer = await citizen.browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == WELL.replace("notifier ok", "notifier behind")
    answer = await citizen.browser.get("/readyz/bot")
    assert (answer.status_code, answer.text) == (200, WELL.replace("notifier ok\n", ""))


async def test_looking_leaves_nothing_behind(citizen: Citizen) -> None:
    """The check writes no row."""
    await citizen.browser.get("/readyz")
    async with citizen.store.unit(now=citizen.clock.now()) as unit:
        assert await unit.conversations(["-"]) == {}


async def test_told_to_stop_it_is_alive_and_not_ready(citizen: Citizen) -> None:
    """A balancer learns it at once, without a look at the database, and keeps no connection."""
    await citizen.store.close()
    app = web_app(citizen.engine, leaving=lambda: True)
    wire = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=wire, base_url="http://x") as client:
        answers = [await client.get(path) for path in ("/readyz", "/readyz/bot", "/healthz")]
    assert [each.status_code for each in answers] == [503, 503, 200]
    assert [each.text for each in answers] == ["stopping\n", "stopping\n", "ok\n"]
    assert {each.headers["connection"] for each in answers} == {"close"}
