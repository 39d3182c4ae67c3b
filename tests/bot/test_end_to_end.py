"""The same dialogue by webhook, by polling and by replay, on real counterparts of Telegram."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot import keys
from bot.app import Engine, build, running
from bot.channels.telegram_bot import bot_id, open_bot
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_webhook import webhook_route
from bot.clock import SteadyClock
from bot.notifier.parcel import Sender
from bot.registry import people
from bot.settings import Settings
from bot.simulate import Outbox, replaying
from bot.web.app import serve, web_app
from storage.sqlite import SqliteStore
from tests.bot.channels.bot_api import BotApi
from tests.bot.town import letter_text

DIALOGUES = Path(__file__).parents[1] / "dialogues"
REGISTRY = DIALOGUES / "registry.csv"
SECRET = "s" * 32
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PHONE = "+84901234567"


@dataclass
class Telegram:
    """A bot that really serves, the Bot API it speaks to, and the citizen's SMS inbox."""

    api: BotApi
    engine: Engine
    sms: Outbox
    url: str = ""

    async def until(self, said: Callable[[], bool]) -> None:
        """Wait for something to have been said."""
        async with asyncio.timeout(10):
            while not said():  # noqa: ASYNC110 - the double has no event for it
                await asyncio.sleep(0.01)

    def bubbles(self) -> list[str]:
        """What the bot has said in the chat."""
        return [str(call.get("text")) for call in self.api.called("sendMessage")]

    def code(self) -> str:
        """The code of the newest SMS that holds one."""
        found = [re.search(r"^\d{6}", letter_text(letter)) for letter in self.sms.letters]
        return next(match[0] for match in reversed(found) if match)

    def codes_sent(self) -> int:
        """How many SMS began with a code."""
        return sum(bool(re.match(r"\d{6}", letter_text(each))) for each in self.sms.letters)


@asynccontextmanager
async def telegram(tmp_path: Path) -> AsyncIterator[Telegram]:
    """An engine on a real store whose chat goes to a real HTTP server."""
    ring = keys.create(tmp_path / "keys.json", now=0)
    store = SqliteStore(str(tmp_path / "bot.db"), ring.vault(), ring.subkey("audit"))
    clock = SteadyClock()
    await store.open(now=clock.now())
    await store.add_members(people(REGISTRY))
    async with BotApi() as api:
        sender, sms = TelegramSender(Calls(api.token, api.url)), Outbox("sms")
        senders: dict[str, Sender] = {"telegram": sender, "sms": sms, "email": Outbox("email")}
        engine = build(Settings.local(), ring, store, clock, senders)
        async with running(engine):
            yield Telegram(api, engine, sms)
        await sender.close()
    await store.close()


def update(number: int, text: str) -> str:
    """A message of the citizen as Telegram sends it, from the recorded dialogue."""
    lines = (DIALOGUES / "forgot_password.jsonl").read_text("utf-8").splitlines()
    one = json.loads(lines[0])
    one["update_id"] = one["message"]["message_id"] = number
    one["message"]["text"] = text
    return json.dumps(one)


TEXTS = ["/quenmatkhau", "đồng ý", "0123456789", "0901 234 567"]


async def test_the_dialogue_by_webhook(tmp_path: Path) -> None:
    """Five messages posted with the secret recover the password; repeats change nothing."""
    async with telegram(tmp_path) as bot:
        route = webhook_route("/telegram", SECRET, bot_id(bot.api.token), bot.engine.batches)
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        app = web_app(bot.engine, [route])
        serving = asyncio.create_task(serve(app, "127.0.0.1", 0, ready=port.set_result))
        url = f"http://127.0.0.1:{await port}/telegram"
        async with httpx.AsyncClient(headers={HEADER: SECRET}) as client:

            async def post(number: int, text: str, secret: str = SECRET) -> int:
                headers = {HEADER: secret, "Content-Type": "application/json"}
                answer = await client.post(url, content=update(number, text), headers=headers)
                return answer.status_code

            assert await post(1, TEXTS[0], secret="w" * 32) == 403
            assert [await post(n, text) for n, text in enumerate(TEXTS, 10)] == [200] * 4
            # The same update again, and an older number after newer ones.
            assert [await post(13, TEXTS[3]), await post(10, TEXTS[0])] == [200, 200]
            await bot.until(lambda: bool(bot.sms.letters))
            assert bot.codes_sent() == 1
            assert await post(5, bot.code()) == 200
            await bot.until(lambda: len(bot.sms.letters) == 3)
        assert len(bot.bubbles()) == 5
        assert "Xong." in bot.bubbles()[-1]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_the_dialogue_by_polling(tmp_path: Path) -> None:
    """The same five messages, fetched from the Bot API, end the same way."""
    async with telegram(tmp_path) as bot:
        line = open_bot(bot.api.token, bot.api.url)
        polling = Polling(line, bot_id(bot.api.token), bot.engine.batches, hold=1, pause=0.01)
        stop = asyncio.Event()
        polled = asyncio.create_task(polling.run(stop))
        for number, text in enumerate(TEXTS, 10):
            bot.api.hears(json.loads(update(number, text)))
            await bot.until(lambda number=number: len(bot.bubbles()) >= number - 9)  # type: ignore[misc]
        await bot.until(lambda: bool(bot.sms.letters))
        bot.api.hears(json.loads(update(14, bot.code())))
        await bot.until(lambda: len(bot.sms.letters) == 3)
        await bot.until(lambda: len(bot.bubbles()) == 5)
        assert "Xong." in bot.bubbles()[-1]
        stop.set()
        await asyncio.wait_for(polled, 10)


@pytest.mark.parametrize("name", ["forgot_password", "forgot_password_by_email"])
async def test_recorded_dialogues_replay(name: str) -> None:
    """Every recorded dialogue of simulated updates ends with the password on its way."""
    lines = (DIALOGUES / f"{name}.jsonl").read_text("utf-8").splitlines()
    async with replaying(people(REGISTRY), start=1_793_000_000) as replay:
        sent = [message for line in lines for message in await replay.play(line)]
    last = [message for message in sent if message.channel == "chat"][-1]
    assert last.text.startswith("Xong.")
    passwords = [message for message in sent if re.search(r"\w{4}-\w{4}-\w{4}", message.text)]
    assert [message.channel for message in passwords] == [
        "sms" if name == "forgot_password" else "email"
    ]
