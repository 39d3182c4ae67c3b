"""What the routes take, what they refuse, and what they hand to the intake."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.base import Incoming
from bot.demo.channel import Said
from bot.notifier.parcel import Dead, PaperBody
from bot.photos import LIMITS
from flows.model import CONTACT, OTHER, STALE, TEXT, Event
from tests.bot.demo.conftest import Demo
from tests.bot.demo.fakes import Broken

SESSION = "11111111-2222-3333-4444-555555555555"
KEY = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.fixture
async def browser_like() -> AsyncIterator[tuple[Demo, httpx.AsyncClient]]:
    """A demo and a client that sends the headers of the demo's own page."""
    demo = Demo()
    transport = httpx.ASGITransport(demo.app)
    headers = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}
    base = "http://localhost:8000"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
        yield demo, client


def said(**content: object) -> dict[str, object]:
    return {"session": SESSION, "citizen": 0, "key": KEY, "lang": "vi", **content}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "xin chào"}, {"event": Event(TEXT, "xin chào"), "message": KEY}),
        ({"token": "t1"}, {"event": Event(STALE), "token": "t1", "answer": KEY}),
        ({"contact": True}, {"event": Event(CONTACT, "0900000101"), "message": KEY}),
        ({"sticker": True}, {"event": Event(OTHER), "message": KEY}),
    ],
)
async def test_each_post_becomes_one_incoming(
    browser_like: tuple[Demo, httpx.AsyncClient],
    content: dict[str, object],
    expected: dict[str, Any],
) -> None:
    """Text, button, contact and sticker reach the intake free of the page's shape."""
    demo, client = browser_like
    answer = await client.post("/demo/say", json=said(**content))
    assert answer.status_code == 204
    incoming = Incoming(chat=f"web:{SESSION}", key=f"web:{KEY}", lang="vi", **expected)
    assert demo.bot.heard == [incoming]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        json.dumps(said()).encode(),
        json.dumps(said(text="")).encode(),
        json.dumps(said(text="x" * 4097)).encode(),
        json.dumps(said(text="a", sticker=True)).encode(),
        json.dumps(said(text="a", unknown=1)).encode(),
        json.dumps(said(text="a", citizen=99)).encode(),
        json.dumps(said(text="a", citizen=-1)).encode(),
        json.dumps(said(text="a", session="../x")).encode(),
        json.dumps(said(text="a")).replace('"a"', '"\\ud800"').encode(),
    ],
)
async def test_what_the_page_never_sends_is_refused(
    browser_like: tuple[Demo, httpx.AsyncClient], body: bytes
) -> None:
    """A malformed post is answered 400 and never reaches the intake."""
    demo, client = browser_like
    assert (await client.post("/demo/say", content=body)).status_code == 400
    assert demo.bot.heard == []


async def test_a_post_that_is_too_long_is_not_read(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """More bytes than any message can have are answered 413."""
    _, client = browser_like
    assert (await client.post("/demo/say", content=b"x" * 33_000)).status_code == 413


PHOTO = {"session": SESSION, "citizen": "0", "key": KEY, "lang": "vi"}


@pytest.mark.parametrize("image", [b"", b"JPEG", b"x" * LIMITS.length])
async def test_a_photo_waits_for_the_fetcher(
    browser_like: tuple[Demo, httpx.AsyncClient], image: bytes
) -> None:
    """The intake hears of a photo by its id, under which the bytes lie as they came."""
    demo, client = browser_like
    answer = await client.post("/demo/photo", params=PHOTO, content=image)
    assert answer.status_code == 204
    event = Event("photo", KEY)
    expected = Incoming(f"web:{SESSION}", f"web:{KEY}", event, lang="vi", message=KEY)
    assert demo.bot.heard == [expected]
    assert await demo.posts.chat.files.fetch(KEY) == image


@pytest.mark.parametrize(
    "query",
    [
        {},
        PHOTO | {"session": "short"},
        PHOTO | {"key": "../../etc"},
        PHOTO | {"citizen": "99"},
        PHOTO | {"citizen": "x"},
        PHOTO | {"text": "a"},
    ],
)
async def test_a_photo_says_who_sends_it(
    browser_like: tuple[Demo, httpx.AsyncClient], query: dict[str, str]
) -> None:
    """A photo of no chat or citizen is answered 400 and not kept."""
    demo, client = browser_like
    answer = await client.post("/demo/photo", params=query, content=b"JPEG")
    assert answer.status_code == 400
    assert demo.bot.heard == []
    assert isinstance(await demo.posts.chat.files.fetch(query.get("key", KEY)), Dead)


async def test_a_photo_that_is_too_large_is_not_read(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """One byte too many is taken, for the bot to say so; more, or an unknown length, is not."""
    demo, client = browser_like

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"

    for length, status in ((1, 204), (2, 413)):
        image = b"x" * (LIMITS.length + length)
        answer = await client.post("/demo/photo", params=PHOTO, content=image)
        assert answer.status_code == status
    assert (await client.post("/demo/photo", params=PHOTO, content=endless())).status_code == 413
    headers = {"Content-Length": "9" * 5000}
    answer = await client.post("/demo/photo", params=PHOTO, content=b"x", headers=headers)
    assert answer.status_code == 413
    assert len(demo.bot.heard) == 1


async def test_a_paper_is_opened_from_its_own_session(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """Only the session it was sent to gets the PDF, and no cache keeps it."""
    demo, client = browser_like
    body = PaperBody("receipt", "HS-251124-A7K2M9", "vi")
    await demo.bot.delivers(SESSION, body, picture=b"%PDF-1.7", ref="r1")
    found = await client.get("/demo/paper/r1", params={"session": SESSION})
    assert (found.status_code, found.content) == (200, b"%PDF-1.7")
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["cache-control"] == "no-store"
    name = "receipt-HS-251124-A7K2M9.pdf"
    assert found.headers["content-disposition"] == f'inline; filename="{name}"'
    for path, session in (("r1", ""), ("r1", KEY), ("r2", SESSION)):
        answer = await client.get(f"/demo/paper/{path}", params={"session": session})
        assert answer.status_code == 404


async def test_a_reset_forgets_photos_and_papers(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """Nothing that was sent in either direction outlives the reset."""
    demo, client = browser_like
    await client.post("/demo/photo", params=PHOTO, content=b"JPEG")
    await demo.bot.delivers(SESSION, PaperBody("receipt", "HS", "vi"), picture=b"%PDF", ref="r1")
    assert (await client.post("/demo/reset")).status_code == 204
    assert isinstance(await demo.posts.chat.files.fetch(KEY), Dead)
    assert demo.posts.chat.papers.find(SESSION, "r1") is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"},
    ],
)
@pytest.mark.parametrize("path", ["/demo/say", "/demo/photo", "/demo/reset"])
async def test_other_sites_cannot_post(
    browser_like: tuple[Demo, httpx.AsyncClient], path: str, headers: dict[str, str]
) -> None:
    """A post that another site's page caused is refused before it is read."""
    demo, client = browser_like
    answer = await client.post(path, json=said(text="a"), headers=headers)
    assert answer.status_code == 403
    assert (demo.bot.heard, demo.resets) == ([], 0)


@pytest.mark.parametrize("path", ["/", "/demo/static/page.js", "/demo/nothing", "/demo/stream"])
async def test_every_answer_carries_the_headers(
    browser_like: tuple[Demo, httpx.AsyncClient], path: str
) -> None:
    """Pages, files and errors alike forbid foreign content, framing and sniffing."""
    _, client = browser_like
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_foreign_host_name_sees_nothing(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """A name that was re-bound to this machine does not open the page."""
    _, client = browser_like
    assert (await client.get("/", headers={"Host": "rebound.example"})).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "session=short&citizen=0",
        f"session={SESSION}&citizen=7x",
        f"session={SESSION}&citizen=99",
    ],
)
async def test_a_stream_needs_a_chat_and_a_citizen(
    browser_like: tuple[Demo, httpx.AsyncClient], query: str
) -> None:
    """Nothing is streamed to a query the page never makes."""
    _, client = browser_like
    assert (await client.get(f"/demo/stream?{query}")).status_code == 400


async def test_the_page_speaks_two_languages(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """Vietnamese unless English is asked for; nothing is written into the page by script."""
    _, client = browser_like
    vietnamese, english = (await client.get("/")).text, (await client.get("/?lang=en")).text
    assert '<html lang="vi">' in vietnamese
    assert "Bắt đầu" in vietnamese
    assert '<html lang="en">' in english
    assert "Start over" in english
    for page in (vietnamese, english):
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count('<script type="module" src=') == 1


async def test_a_message_that_was_not_written_down_is_not_ticked_off(
    browser_like: tuple[Demo, httpx.AsyncClient],
) -> None:
    """When the intake raises, the failure comes through and no tick is told."""
    demo, client = browser_like
    demo.bot.down = True
    with pytest.raises(Broken):
        await client.post("/demo/say", json=said(text="a"))
    assert [type(entry).__name__ for _, entry in demo.posts.board._pins] == ["Mine"]


def test_a_post_says_exactly_one_thing() -> None:
    """Two things at once cannot even be made."""
    with pytest.raises(ValueError, match="exactly one"):
        Said(SESSION, KEY, 0, text="a", contact=True)
