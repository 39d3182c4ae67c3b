"""The webhook over real HTTP: who gets in, what is answered, when."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram_webhook import webhook_route
from storage.base import Unavailable
from tests.bot.channels import updates
from tests.bot.channels.ledger import Ledger
from tests.bot.channels.loopback import serve

SECRET = "A-good_secret-of-32-characters-00"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RIGHT = {HEADER: SECRET, "Content-Type": "application/json"}
HELLO = json.dumps(updates.text(42, "Xin chào"))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def telegram(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[webhook_route("/hook", SECRET, "4242", ledger)])
    async with serve(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def test_the_right_secret_gets_in(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """An update with the secret is committed and answered with an empty 200."""
    answer = await telegram.post("/hook", content=HELLO, headers=RIGHT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert ledger.texts == ["Xin chào"]


@pytest.mark.parametrize(
    "shown",
    [
        [],
        [""],
        [SECRET[:-1]],
        [SECRET + "0"],
        [SECRET.lower()],
        ["x" * 32],
        [SECRET, SECRET],
        [SECRET, "x"],
        ["x", SECRET],
        [f"{SECRET}, {SECRET}"],
        ["\u00e9" * 32],
    ],
    ids=range(11),
)
async def test_any_other_secret_does_not(
    telegram: httpx.AsyncClient,
    ledger: Ledger,
    shown: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Wrong, missing, cut, repeated: an empty 403, nothing taken, nothing logged (R31)."""
    caplog.set_level(logging.DEBUG, "bot")
    headers = [("Content-Type", "application/json")]
    headers += [(HEADER, value) for value in shown]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    answer = await telegram.post("/hook", content=HELLO, headers=encoded)
    assert (answer.status_code, answer.content) == (403, b"")
    assert (ledger.taken, caplog.messages) == ([], [])


async def test_a_stranger_is_turned_away_before_the_body(
    telegram: httpx.AsyncClient,
) -> None:
    """Without the secret nobody can make us read: the answer comes before the body does."""
    host, port = telegram.base_url.host, telegram.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")
    async with asyncio.timeout(2):
        assert b" 403 " in await reader.readline()
    writer.close()


async def test_an_enormous_header_is_refused(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """A secret of 64 KiB is nobody's secret and does no harm."""
    headers = RIGHT | {HEADER: "A" * 65536}
    answer = await telegram.post("/hook", content=HELLO, headers=headers)
    assert 400 <= answer.status_code < 500
    assert ledger.taken == []


async def test_only_posts_are_served(telegram: httpx.AsyncClient) -> None:
    """A browser that finds the address sees nothing."""
    assert (await telegram.get("/hook", headers=RIGHT)).status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_read(telegram: httpx.AsyncClient, ledger: Ledger, kind: str) -> None:
    """Telegram sends application/json; anything else is not Telegram's."""
    answer = await telegram.post("/hook", content=HELLO, headers=RIGHT | {"Content-Type": kind})
    assert (answer.status_code, ledger.taken) == (415, [])


async def test_json_may_name_its_charset(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """A charset behind the media type changes nothing."""
    headers = RIGHT | {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await telegram.post("/hook", content=HELLO, headers=headers)).status_code == 200
    assert len(ledger.taken) == 1


async def test_a_huge_body_is_cut_off(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """More than 1 MiB is refused, also when its length is not announced."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 65536

    answer = await telegram.post("/hook", content=chunks(), headers=RIGHT)
    assert (answer.status_code, ledger.taken) == (413, [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 1_000_000,
        b'{"update_id": 1, "message": 1}',
    ],
    ids=range(8),
)
async def test_nonsense_is_not_asked_for_again(
    telegram: httpx.AsyncClient, ledger: Ledger, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """What can never be read is answered with 200, and a warning for the operator (R33)."""
    answer = await telegram.post("/hook", content=body, headers=RIGHT)
    assert (answer.status_code, ledger.taken) == (200, [])
    assert "an update was passed over" in caplog.text


async def test_ignored_kinds_are_acknowledged(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """What is no citizen's message is done with."""
    body = json.dumps(updates.update(edited_message=updates.message(42, text="123456")))
    answer = await telegram.post("/hook", content=body, headers=RIGHT)
    assert (answer.status_code, ledger.taken) == (200, [])


async def test_a_repeat_is_passed_on(telegram: httpx.AsyncClient, ledger: Ledger) -> None:
    """Repeats carry the same key; the turn is who drops them."""
    for _ in range(2):
        assert (await telegram.post("/hook", content=HELLO, headers=RIGHT)).status_code == 200
    assert [incoming.key for incoming in ledger.taken] == ["telegram:4242:1"] * 2


@pytest.mark.parametrize("failure", [Unavailable("locked"), RuntimeError("Xin chào 0901234567")])
async def test_what_is_not_committed_comes_again(
    telegram: httpx.AsyncClient,
    ledger: Ledger,
    failure: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503 makes Telegram repeat; the log names the kind of failure and not its words (R34)."""
    ledger.fails_on("Xin chào", failure)
    assert (await telegram.post("/hook", content=HELLO, headers=RIGHT)).status_code == 503
    assert type(failure).__name__ in caplog.text
    assert "0901234567" not in caplog.text
    assert (await telegram.post("/hook", content=HELLO, headers=RIGHT)).status_code == 200
    assert ledger.texts == ["Xin chào"]


async def test_the_answer_waits_for_the_commit(
    telegram: httpx.AsyncClient, ledger: Ledger
) -> None:
    """No 200 leaves before the commit."""
    ledger.stalls()
    posting = asyncio.create_task(telegram.post("/hook", content=HELLO, headers=RIGHT))
    await asyncio.sleep(0.05)
    assert not posting.done()
    ledger.goes_on()
    assert (await posting).status_code == 200


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "x" * 257, "ü" * 32, "x" * 31 + "\n"])
def test_a_weak_secret_is_refused(secret: str) -> None:
    """The process does not start with a secret that is missing, short or not Telegram's."""
    with pytest.raises(ValueError, match="32 to 256 characters"):
        webhook_route("/hook", secret, "4242", Ledger())
