"""`run`: the bot, the notifier, or both, until told to stop (bot/leaving.py has the end)."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog
from starlette.applications import Starlette

from bot import anchor, keys
from bot.app import Engine, build, open_store, settle_in
from bot.channels.telegram_bot import Line, Unreachable, bot_id, close_bot, introduce, open_bot
from bot.channels.telegram_calls import Calls
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_webhook import webhook_route
from bot.clock import Clock, SteadyClock
from bot.keys import Keyring
from bot.leaving import until
from bot.listening import listening
from bot.notifier.mail import MailSender
from bot.notifier.parcel import Sender
from bot.notifier.sms import SmsSender
from bot.settings import Settings
from bot.upkeep import upkeep
from bot.watch import QUIET
from bot.web.app import Strict, serve, web_app
from bot.web.health import health_routes
from bot.wording_checks import LANGS

if TYPE_CHECKING:
    from bot.metrics import Counts

log = structlog.get_logger(__name__)

Part = Literal["bot", "notifier"]

PAUSES = (1, 2, 5, 10, 30, 60)  # seconds between tries to reach Telegram; the last repeats


@dataclass(frozen=True)
class Service:
    """A running installation; `telegram` is shared by polling and sending."""

    settings: Settings
    engine: Engine
    keyring: Keyring
    telegram: Line
    clock: Clock
    counts: "Counts | None"


async def serve_until_stopped(settings: Settings, only: Part | None) -> None:
    """Run the parts asked for until SIGTERM or SIGINT; then finish what is in hand."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with started(settings) as service:
        parts = _parts(service, only, stop)
        tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        settle_in()
        # Nobody waits for a server that no balancer stands before.
        in_public = only != "notifier" and bool(settings.http.public_url)
        await until(stop, tasks, settings.http.drain_seconds if in_public else 0)


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Service]:
    """Keys, store, senders and engine; closed again on leaving."""
    keyring = keys.load_or_create(Path(settings.keys.file), now=SteadyClock().now())
    store = open_store(settings, keyring)
    await store.open(now=SteadyClock().now())
    clock = SteadyClock(floor=await store.high_water())
    telegram = open_bot(_token(settings), settings.telegram.api_base_url)
    senders, counts = _senders(settings, clock), _counts(settings)
    try:
        engine = build(settings, keyring, store, clock, senders, watch=counts or QUIET)
        yield Service(settings, engine, keyring, telegram, clock, counts)
    finally:
        for sender in senders.values():
            await sender.close()
        await close_bot(telegram)
        await store.close()


# --- the parts -------------------------------------------------------------------------


def _parts(
    service: Service, only: Part | None, stop: asyncio.Event
) -> dict[str, Coroutine[None, None, None]]:
    """In the order in which they end: first nothing comes in, then what came is committed."""
    engine, settings = service.engine, service.settings
    parts: dict[str, Coroutine[None, None, None]] = {}
    if only != "notifier":
        parts["telegram"] = _receive(service, stop)
        parts["web"] = _web(service, stop)
        if only is None and settings.console.listen:
            parts["console"] = _console(service)
        parts["turns"] = engine.batches.run()
    if service.counts:
        parts["metrics"] = _operators(service, service.counts, stop)
    anchors = anchor.path_of(settings)
    parts["upkeep"] = upkeep(engine.store, service.clock, settings, anchors, engine.turns)
    if only != "bot":
        parts["notifier"] = engine.notifier.run()
    return parts


async def _receive(service: Service, stop: asyncio.Event) -> None:
    """Tell Telegram who we are; then poll, if updates do not come by webhook."""
    rules = service.settings.telegram
    if rules.mode == "webhook" and rules.webhook_secret:
        url = service.settings.http.public_url.rstrip("/") + rules.webhook_path
        await _announce(service, (url, rules.webhook_secret.get_secret_value()))
        return
    await _introduce(service, None)
    polled = Polling(service.telegram, bot_id(_token(service.settings)), service.engine.batches)
    await polled.run(stop)


async def _announce(service: Service, webhook: tuple[str, str]) -> None:
    """Updates come to a known address meanwhile, so a Telegram that is busy is waited for."""
    tried = 0
    while True:
        try:
            return await _introduce(service, webhook)
        except Unreachable as fault:
            log.warning("not introduced to Telegram yet", cause=str(fault))
        await asyncio.sleep(PAUSES[min(tried, len(PAUSES) - 1)])
        tried += 1


async def _introduce(service: Service, webhook: tuple[str, str] | None) -> None:
    wording = service.engine.desk.wording
    commands = {lang: wording.commands(lang) for lang in LANGS}
    await introduce(service.telegram, commands, webhook)


async def _web(service: Service, stop: asyncio.Event) -> None:
    rules = service.settings.telegram
    routes = []
    if rules.mode == "webhook" and rules.webhook_secret:
        secret = rules.webhook_secret.get_secret_value()
        number = bot_id(_token(service.settings))
        routes.append(webhook_route(rules.webhook_path, secret, number, service.engine.batches))
    app = web_app(service.engine, routes, stop.is_set)
    await serve(app, service.settings.http.host, service.settings.http.port)


async def _console(service: Service) -> None:
    # Whoever has none need not load its pages.
    from bot.console.serving import parts_of, serve_console  # noqa: PLC0415

    await serve_console(parts_of(service.engine, service.keyring))


async def _operators(service: Service, counts: "Counts", stop: asyncio.Event) -> None:
    """Numbers and health, where only operators can ask; a notifier has no other address."""
    from bot.metrics import metrics_route  # noqa: PLC0415 - see _counts

    engine = service.engine
    numbers = metrics_route(counts, engine.store, service.clock)
    app = Starlette(routes=[numbers, *health_routes(engine, stop.is_set)])
    await serve(Strict(app), *listening(service.settings.http.metrics_listen))


# --- what they are made of -------------------------------------------------------------


def _counts(settings: Settings) -> "Counts | None":
    if not settings.http.metrics_listen:
        return None
    # Its library takes 2 MB and 40 ms, and only those pay who want numbers.
    from bot.metrics import Counts  # noqa: PLC0415

    return Counts()


def _senders(settings: Settings, clock: Clock) -> dict[str, Sender]:
    calls = Calls(_token(settings), settings.telegram.api_base_url)
    senders: dict[str, Sender] = {
        "telegram": TelegramSender(calls),
        "sms": SmsSender(settings.sms.gateways),
    }
    if settings.smtp:
        senders["email"] = MailSender(settings.smtp, clock)
    return senders


def _token(settings: Settings) -> str:
    token = settings.telegram.token
    return token.get_secret_value() if token else ""
