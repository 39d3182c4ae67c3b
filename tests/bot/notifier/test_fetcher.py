"""Photos on their way in: over real HTTP, through a real notifier, and repeated at every point."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from bot import keys
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_files import TelegramFiles
from bot.clock import ManualClock
from bot.notifier.fetcher import AT_ONCE, Fetched, PhotoFetcher
from bot.notifier.parcel import (
    Dead,
    Delivered,
    Later,
    Letter,
    PaperBody,
    PhotoBody,
    Sender,
    SmsBody,
    Verdict,
)
from bot.notifier.worker import Bench, Notifier, Outlet
from bot.photos import Limits, Photo, Refused
from flows.model import Event
from storage.base import Outbound, Unavailable
from storage.sqlite import SqliteStore
from tests.bot.channels.bot_api import BotApi

CHAT, REF, KEY = "telegram:42", "r1", "photo:r1"
KEPT, FAILED = Event("file:kept", REF), Event("file:failed")


def a_picture(size: tuple[int, int] = (300, 240)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


PICTURE = a_picture()


@dataclass(slots=True)
class House:
    """Who keeps photos and hears of them, each once; it can be closed for a while."""

    kept: dict[str, tuple[str, int, Photo]] = field(default_factory=dict)
    told: dict[str, tuple[str, Event]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _closed: list[str] = field(default_factory=list)

    def is_closed_for(self, *calls: str) -> None:
        """The next call of each of these fails."""
        self._closed += calls

    async def keep(self, ref: str, chat: str, run: int, photo: Photo) -> None:
        self._note("keep")
        self.kept.setdefault(ref, (chat, run, photo))

    async def tell(self, chat: str, key: str, event: Event) -> bool:
        self._note("tell")
        return self.told.setdefault(key, (chat, event)) == (chat, event)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call in self._closed:
            self._closed.remove(call)
            raise Unavailable("closed")


@dataclass(slots=True)
class Shelf:
    """Where files lie; it answers by script and can keep people waiting."""

    answer: Fetched = PICTURE
    asked: list[str] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def fetch(self, file_id: str) -> Fetched:
        self.asked.append(file_id)
        self.waiting.set()
        await self.open.wait()
        return self.answer


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def fetcher(house: House, shelf: Shelf) -> AsyncIterator[PhotoFetcher]:
    fetcher = PhotoFetcher("telegram", shelf, house.keep, house.tell)
    yield fetcher
    await fetcher.close()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


def letter(tries: int = 1, ref: str = REF) -> Letter:
    return Letter(ref, "42", PhotoBody("f1", 7), tries)


# --- what comes of a photo ------------------------------------------------------------


async def test_a_photo_is_kept_and_the_chat_is_told(
    house: House, shelf: Shelf, fetcher: Sender
) -> None:
    """Under the letter's own reference, for the run it was sent in, as a JPEG drawn anew."""
    assert await fetcher.send(letter()) == Delivered()
    assert shelf.asked == ["f1"]
    [(chat, run, photo)] = house.kept.values()
    assert (list(house.kept), chat, run, photo.width) == ([REF], CHAT, 7, 300)
    assert photo.image.startswith(b"\xff\xd8")
    assert house.told == {KEY: (CHAT, KEPT)}


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"GIF89a", "not_a_picture"),
        (PICTURE[:-200], "broken"),
        (a_picture((199, 500)), "too_small"),
        (a_picture((6000, 5000)), "too_many_pixels"),
        (Refused("too_big"), "too_big"),
    ],
)
async def test_an_unfit_photo_is_explained(
    house: House, shelf: Shelf, fetcher: Sender, raw: Fetched, word: str
) -> None:
    """Nothing is kept, the chat hears why, and the letter is done with."""
    shelf.answer = raw
    assert await fetcher.send(letter()) == Delivered()
    assert (house.kept, house.told) == ({}, {KEY: (CHAT, Event(f"file:{word}"))})


async def test_limits_are_the_callers(house: House, shelf: Shelf) -> None:
    """What fits is decided where the fetcher is made."""
    fetcher = PhotoFetcher("telegram", shelf, house.keep, house.tell, Limits(pixels=1000))
    await fetcher.send(letter())
    await fetcher.close()
    assert house.told == {KEY: (CHAT, Event("file:too_many_pixels"))}


async def test_what_may_come_later_says_nothing(
    house: House, shelf: Shelf, fetcher: Sender
) -> None:
    """A network that fails now is the notifier's business, with the pause it asked for."""
    shelf.answer = Later("too many requests", after=7)
    assert await fetcher.send(letter()) == shelf.answer
    assert house.calls == []


async def test_what_never_comes_is_said(house: House, shelf: Shelf, fetcher: Sender) -> None:
    """A file that is gone is dead, and the chat hears it."""
    shelf.answer = Dead("Telegram has lost the file")
    assert await fetcher.send(letter()) == shelf.answer
    assert house.told == {KEY: (CHAT, FAILED)}


async def test_giving_up_is_said_once(house: House, fetcher: PhotoFetcher) -> None:
    """Whoever ends the retries tells the chat; after another end it has no effect."""
    await fetcher.give_up(letter())
    await fetcher.give_up(letter())
    assert house.told == {KEY: (CHAT, FAILED)}
    await fetcher.send(letter())
    assert house.told == {KEY: (CHAT, FAILED)}


async def test_only_photos_are_fetched(fetcher: Sender) -> None:
    """Another kind of letter here is a mistake of ours."""
    with pytest.raises(TypeError):
        await fetcher.send(Letter("r", "42", SmsBody("x"), 1))


# --- again and again ------------------------------------------------------------------


@pytest.mark.parametrize("closed", [(), ("keep",), ("tell",), ("keep", "tell"), ("tell", "tell")])
async def test_a_repeat_changes_nothing(
    house: House, fetcher: Sender, closed: tuple[str, ...]
) -> None:
    """Wherever it was broken off, in the end the photo is kept once and told once."""
    house.is_closed_for(*closed)
    for tries in range(1, len(closed) + 1):
        assert await fetcher.send(letter(tries)) == Later("database unavailable")
    for tries in (4, 5):
        assert await fetcher.send(letter(tries)) == Delivered()
    assert list(house.kept) == [REF]
    assert house.told == {KEY: (CHAT, KEPT)}
    assert house.calls[-4:] == ["keep", "tell"] * 2


async def test_a_dead_photo_is_said_when_it_can_be(
    house: House, shelf: Shelf, fetcher: Sender
) -> None:
    """As long as the chat cannot be told the letter lives."""
    shelf.answer = Dead("gone")
    house.is_closed_for("tell")
    assert await fetcher.send(letter()) == Later("database unavailable")
    assert await fetcher.send(letter(2)) == Dead("gone")
    assert house.told == {KEY: (CHAT, FAILED)}


async def test_a_crowd_does_not_take_all_places(
    house: House, shelf: Shelf, fetcher: Sender
) -> None:
    """Beyond a few at once a photo comes back a second later and holds up no code."""
    shelf.open.clear()
    first = [asyncio.create_task(fetcher.send(letter(ref=str(n)))) for n in range(AT_ONCE)]
    await asyncio.sleep(0)
    assert await fetcher.send(letter()) == Later("busy", after=1)
    shelf.open.set()
    assert await asyncio.gather(*first) == [Delivered()] * AT_ONCE
    assert await fetcher.send(letter()) == Delivered()
    assert len(house.kept) == AT_ONCE + 1


async def test_a_try_that_is_broken_off_leaves_no_trace(
    house: House, shelf: Shelf, fetcher: Sender
) -> None:
    """A cancelled try gives its place back; the next one does it all."""
    shelf.open.clear()
    for _ in range(AT_ONCE + 1):
        trying = asyncio.create_task(fetcher.send(letter()))
        shelf.waiting.clear()
        await shelf.waiting.wait()
        trying.cancel()
        await asyncio.wait([trying])
        assert trying.cancelled()
    shelf.open.set()
    assert await fetcher.send(letter()) == Delivered()
    assert house.calls == ["keep", "tell"]


# --- with its neighbours --------------------------------------------------------------


async def over_http(api: BotApi, house: House) -> Verdict:
    calls = Calls(api.token, api.url, answer_within=0.1)
    fetcher = PhotoFetcher("telegram", TelegramFiles(calls), house.keep, house.tell)
    try:
        return await fetcher.send(letter())
    finally:
        await fetcher.close()
        await calls.close()


async def test_from_telegram(api: BotApi, house: House) -> None:
    """The whole way, from an id to a kept photo."""
    api.has_file("f1", PICTURE)
    assert await over_http(api, house) == Delivered()
    assert house.kept[REF][2].width == 300


async def test_telegrams_refusals_reach_the_chat(api: BotApi, house: House) -> None:
    """An id that Telegram does not know is dead; a file beyond 20 MB is too big."""
    assert await over_http(api, house) == Dead("Telegram refused the file")
    assert house.told == {KEY: (CHAT, FAILED)}
    house.told.clear()
    api.has_file("f1", PICTURE, size=21 * 1024 * 1024)
    assert await over_http(api, house) == Delivered()
    assert house.told == {KEY: (CHAT, Event("file:too_big"))}


async def test_a_slow_telegram_is_tried_again(api: BotApi, house: House) -> None:
    """Silence is no verdict on the photo."""
    api.ignores_next("getFile")
    assert await over_http(api, house) == Later("no answer in time")
    assert not house.told


async def no_paper(_: PaperBody) -> bytes:
    return b""


async def test_through_the_notifier(
    house: House, shelf: Shelf, fetcher: PhotoFetcher, clock: ManualClock, tmp_path: Path
) -> None:
    """A photo travels as a letter: tried again after a failure, settled when it is kept."""
    keyring = keys.load_or_create(tmp_path / "keys" / "keys.json", now=clock.now())
    store = SqliteStore(":memory:", keyring.vault(), keyring.subkey("audit"))
    await store.open(now=clock.now())
    body = msgspec.json.encode(PhotoBody("f1", 7))
    row = Outbound(
        ref=REF,
        lane="photo-telegram:42",
        channel="photo-telegram",
        to="42",
        body=body,
        due=clock.now(),
        dies_at=clock.now() + 900,
    )
    async with store.unit(now=clock.now()) as unit:
        await unit.add_outbound([row], clock.now())
    bench = Bench(
        outlets={"photo-telegram": Outlet(fetcher, (1, 3))},
        code_key=b"",
        picture=lambda _: b"",
        paper=no_paper,
        chance=lambda: 0.5,
        lease=30,
        at_once=8,
    )
    notifier = Notifier(store, bench, clock, "n1")
    shelf.answer = Later("Telegram cannot be reached")
    await notifier.drain()
    assert not house.told
    shelf.answer = PICTURE
    clock.pass_(1)
    await notifier.drain()
    clock.pass_(60)
    await notifier.drain()
    assert (len(shelf.asked), list(house.kept), house.told) == (2, [REF], {KEY: (CHAT, KEPT)})
    assert (await store.backlog(now=clock.now())).waiting == 0
    await store.close()
