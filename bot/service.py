"""`run`: the bot, the notifier, or both, until told to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from bot import anchor, keys
from bot.app import Engine, build, open_store, settle_memory
from bot.channels.telegram_bot import Line, bot_id, introduce, open_bot
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_webhook import webhook_route
from bot.clock import Clock, SteadyClock
from bot.notifier.mail import MailSender
from bot.notifier.parcel import Sender
from bot.notifier.sms import SmsSender
from bot.settings import Settings
from bot.upkeep import upkeep
from bot.web.app import serve, web_app
from bot.wording import LANGS

log = structlog.get_logger(__name__)

Part = Literal["bot", "notifier"]


@dataclass(frozen=True)
class Service:
    """A running installation; `telegram` is shared by polling and sending."""

    settings: Settings
    engine: Engine
    telegram: Line
    clock: Clock


async def serve_until_stopped(settings: Settings, only: Part | None) -> None:
    """Run the parts asked for until SIGTERM or SIGINT; then finish what is in hand."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with started(settings) as service:
        engine, anchors = service.engine, anchor.path_of(settings)
        # In the order in which they end: first nothing comes in, then what came is committed.
        parts: list[Coroutine[None, None, None]] = []
        if only != "notifier":
            parts += [_receive(service, stop), _web(service), engine.batches.run()]
        if only != "bot":
            parts.append(engine.notifier.run())
        parts.append(upkeep(engine.store, service.clock, settings.retention, anchors))
        settle_memory()
        await _until(stop, [asyncio.create_task(part) for part in parts])


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Service]:
    """Keys, store, senders and engine; closed again on leaving."""
    keyring = keys.load_or_create(Path(settings.keys.file), now=SteadyClock().now())
    store = open_store(settings, keyring)
    await store.open(now=SteadyClock().now())
    clock = SteadyClock(floor=await store.high_water())
    telegram = open_bot(_token(settings), settings.telegram.api_base_url)
    senders = _senders(settings, telegram, clock)
    try:
        engine = build(settings, keyring, store, clock, senders)
        yield Service(settings, engine, telegram, clock)
    finally:
        for sender in senders.values():
            await sender.close()
        await store.close()


async def _receive(service: Service, stop: asyncio.Event) -> None:
    """Tell Telegram who we are; then poll, if updates do not come by webhook."""
    rules, wording = service.settings.telegram, service.engine.desk.wording
    webhook = None
    if rules.mode == "webhook" and rules.webhook_secret:
        url = service.settings.http.public_url.rstrip("/") + rules.webhook_path
        webhook = (url, rules.webhook_secret.get_secret_value())
    commands = {lang: wording.commands(lang) for lang in LANGS}
    await introduce(service.telegram, commands, webhook)
    if rules.mode == "polling":
        polled = Polling(
            service.telegram, bot_id(_token(service.settings)), service.engine.batches
        )
        await polled.run(stop)


async def _web(service: Service) -> None:
    rules = service.settings.telegram
    routes = []
    if rules.mode == "webhook" and rules.webhook_secret:
        secret = rules.webhook_secret.get_secret_value()
        number = bot_id(_token(service.settings))
        routes.append(webhook_route(rules.webhook_path, secret, number, service.engine.batches))
    app = web_app(service.engine, routes)
    await serve(app, service.settings.http.host, service.settings.http.port)


async def _until(stop: asyncio.Event, parts: list["asyncio.Task[None]"]) -> None:
    """Wait for the stop, or for a part that fails; then end the parts one after the other."""
    stopping = asyncio.create_task(_wait(stop))
    waiting = {stopping, *parts}
    try:
        while not stop.is_set():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()  # a part that failed stops the program
    finally:
        for part in (stopping, *parts):
            part.cancel()
            await asyncio.gather(part, return_exceptions=True)


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


def _senders(settings: Settings, telegram: Line, clock: Clock) -> dict[str, Sender]:
    senders: dict[str, Sender] = {
        "telegram": TelegramSender(telegram),
        "sms": SmsSender(settings.sms.gateways),
    }
    if settings.smtp:
        senders["email"] = MailSender(settings.smtp, clock)
    return senders


def _token(settings: Settings) -> str:
    token = settings.telegram.token
    return token.get_secret_value() if token else ""
