"""A photo that a citizen sends to an officer: seen by its holder alone."""

import io
import re

from PIL import Image

from bot.channels.base import Incoming
from bot.darkroom import Darkroom
from bot.notifier.fetcher import PhotoFetcher
from bot.notifier.worker import Bench, Notifier, Outlet
from bot.photos import Refused
from bot.sections import Days
from bot.upkeep import retention
from flows.model import PHOTO, Event
from tests.bot.console.house import Browser, House
from tests.bot.console.test_conversation import AN, BINH
from tests.bot.console.test_notes import CHAT, attending, said
from tests.bot.notifier.test_fetcher import Shelf, no_paper

LINK = re.compile(r'href="(/conversation/[^"]+/photo/\d+)"')
DAY = 86_400.0


async def sends_photo(house: House, shelf: Shelf, key: str = "p1") -> None:
    """A citizen sends one, and the notifier fetches it if it can."""
    await house.engine.batches.put(Incoming(CHAT, key, Event(PHOTO, f"file {key}")))
    darkroom = Darkroom(house.store, house.engine.turns, house.clock)
    fetcher = PhotoFetcher("telegram", shelf, darkroom.keep, darkroom.tell)
    bench = Bench(
        outlets={"photo-telegram": Outlet(fetcher, (1,), fetcher.give_up)},
        code_key=b"",
        picture=lambda _: b"",
        paper=no_paper,
        chance=lambda: 0.5,
        lease=30,
        at_once=8,
    )
    await Notifier(house.store, bench, house.clock, "n1").drain()
    await fetcher.close()


async def links(browser: Browser, way: str) -> list[str]:
    return LINK.findall((await browser.sees(way)).text)


async def looks(house: House) -> list[str]:
    """Which looks the audit chain holds."""
    asked = "SELECT who, detail FROM audit WHERE kind = 'staff.revealed'"
    rows = await house.store._look(lambda db: db.execute(asked).fetchall())
    return [f"{who}: {detail}" for who, detail in rows]


async def test_the_officer_sees_it(house: House) -> None:
    """Whoever has the conversation opens each photo by its own link; each look is kept."""
    an, way = await attending(house)
    before = await said(house)
    shelf = Shelf()
    for key in ("p1", "p2"):
        await sends_photo(house, shelf, key)
    assert shelf.asked == ["file p1", "file p2"]
    first, second = await links(an, way)
    answer = await an.sees(first)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (300, 240)
    assert (await an.sees(second)).status_code == 200
    assert [it.partition(" conv")[0] for it in await looks(house)] == [
        f"{AN}: photo of turn {link.rpartition('/')[2]}:" for link in (first, second)
    ]
    assert await said(house) == [*before, "", ""]  # the citizen is told nothing by the bot


async def test_nobody_else_sees_it(house: House) -> None:
    """Another officer, a viewer, and whoever has given the conversation back are refused."""
    an, way = await attending(house)
    await sends_photo(house, Shelf())
    (link,) = await links(an, way)
    for role in ("agent", "viewer", "supervisor"):
        other = await house.signed_in(f"{role}.{BINH}", role)
        assert not await links(other, way)
        assert (await other.sees(link)).status_code == 403
    await an.posts(f"{way}/return")
    assert (await an.sees(link)).status_code == 403
    assert not await looks(house)


async def test_one_that_is_not_there(house: House) -> None:
    """One that could not be read, or has gone after two days, is told of in words."""
    an, way = await attending(house)
    await sends_photo(house, Shelf(Refused("broken")), "p1")
    await sends_photo(house, Shelf(), "p2")
    broken, kept = await links(an, way)
    answer = await an.sees(broken)
    assert (answer.status_code, "nhờ người dân gửi lại" in answer.text) == (404, True)
    now = house.clock.now()
    for odd in ("0", "-1", "x", "9" * 30):
        assert (await an.sees(f"{way}/photo/{odd}")).status_code == 404
    for days, status in ((1.9, 200), (2.1, 404)):
        await house.store.purge(retention(Days()), now=now + days * DAY)
        house.clock.pass_(60)
        await an.signs_in(AN)  # the purge took the session too
        assert (await an.sees(kept)).status_code == status


async def test_no_procedure_takes_it(house: House) -> None:
    """A photo for an officer belongs to no request that the citizen goes on with afterwards."""
    an, way = await attending(house)
    await sends_photo(house, Shelf())
    runs = await house.store._look(lambda db: db.execute("SELECT run FROM photos").fetchall())
    (link,) = await links(an, way)
    assert runs == [(-int(link.rpartition("/")[2]),)]
    late = Event("file:failed")
    await an.posts(f"{way}/return")
    before = await said(house)
    await house.engine.batches.put(Incoming(CHAT, "late", late))
    assert await said(house) == before
