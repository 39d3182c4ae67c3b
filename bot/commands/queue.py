"""`vssid-bot queue`: citizens who asked for a person, and officers who answer them.

What an officer does enters the turn like a citizen's tap, so it is this or the other officer's
step that counts, never both. Numbers of citizens are masked here, codes are not even kept.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from bot.app import Engine, build
from bot.channels.base import Incoming
from bot.clock import SteadyClock
from bot.commands.card import card, table
from bot.commands.officer import moment
from bot.commands.opening import (
    FAILED,
    NO_OFFICER,
    USAGE,
    ConfigFile,
    Opened,
    Stopped,
    opened,
    say,
    warn,
)
from bot.staff import is_officer
from flows.checks import asks_for_secret
from flows.model import Event
from flows.quiet import REPLY, RETURN, TAKE
from storage.base import Conversation, HandOverRequest, Look

MOST = 10_000  # requests of one page
LONGEST_REPLY = 1000  # characters; it has to fit into a message
NEWEST = 10  # lines of the transcript that a card shows
SENT = "the citizen is told by the notifier that runs; nothing was sent from here"
REFUSED = (
    "a reply must not speak of codes, passwords or bank data, not even to warn: officers never"
    " ask for them, and the take-over has said so; say it without those words"
)

Numbered = Annotated[int, Parameter(help="The request's number, as `queue list` shows it.")]
OfficerName = Annotated[
    str, Parameter("--as", help="As `staff list` or dossiers.officers names them.")
]

app = App(name="queue", help="Citizens who want a person: list, take, reply, return.")


@app.command(name="list")
async def list_(
    *,
    limit: Annotated[
        int, Parameter(help="How many at the most.", validator=Number(gte=1, lte=MOST))
    ] = 50,
    config: ConfigFile = None,
) -> None:
    """List who waits for a person and who has one, the longest first; no personal data."""
    async with _office(config) as (here, _):
        say(*table(await here.store.queue(limit=limit), here.clock.now()))


@app.command
async def take(number: Numbered, /, *, officer: OfficerName, config: ConfigFile = None) -> int:
    """Take a conversation and see what it is about; from now on the bot is silent there.

    Of two officers the first has it, and the other is told who. Taken once more by the same
    officer, it only shows how things stand now.
    """
    async with _office(config) as (here, engine):
        waits = await _found(here, number, officer)
        # Also when they have it already: a conversation that was forgotten is taken anew.
        row = await _happens(here, engine, waits, TAKE, officer)
        if not row or row.officer != officer:
            return _not_yours(number, row)
        lines = await here.store.transcript(row.chat, limit=NEWEST)
        before = await _conversation(here, row.chat)
        say(*card(row, before, lines, engine.desk))
    return 0


@app.command
async def reply(
    number: Numbered,
    text: Annotated[str, Parameter(help="What the citizen reads, below your name.")],
    /,
    *,
    officer: OfficerName,
    config: ConfigFile = None,
) -> int:
    """Write to the citizen; only for the officer who has the conversation.

    A text that speaks of codes, passwords or bank data is refused.
    """
    words = text.strip()
    async with _office(config) as (here, engine):
        row = await _found(here, number, officer)
        if not words or len(words) > LONGEST_REPLY:
            raise Stopped(f"the reply: 1 to {LONGEST_REPLY} characters", USAGE)
        if asks_for_secret(words):
            raise Stopped(REFUSED, USAGE)
        if row.officer != officer:
            return _not_yours(number, row)
        after = await _happens(here, engine, row, REPLY, officer, words)
        if not after or after.officer != officer:
            return _not_yours(number, after)
    say(f"{number}: written", SENT)
    return 0


@app.command(name="return")
async def return_(number: Numbered, /, *, officer: OfficerName, config: ConfigFile = None) -> int:
    """Give the conversation back to the bot, at the question where it stood.

    Any officer may do so: whoever has it may have gone home.
    """
    async with _office(config) as (here, engine):
        row = await _found(here, number, officer)
        if not row.officer:
            return _not_yours(number, row)
        await _happens(here, engine, row, RETURN, officer)
    say(f"{number}: the bot goes on", SENT)
    return 0


async def _found(here: Opened, number: int, officer: str) -> HandOverRequest:
    if not await is_officer(here.store, here.settings, officer, "attend"):
        raise Stopped(NO_OFFICER, USAGE)
    row = await _row(here, number)
    if row is None:
        raise Stopped("there is no open request of that number; see `vssid-bot queue list`")
    return row


async def _row(here: Opened, number: int) -> HandOverRequest | None:
    open_ = await here.store.queue(limit=MOST)
    return next((row for row in open_ if row.number == number), None)


async def _happens(
    here: Opened, engine: Engine, row: HandOverRequest, kind: str, officer: str, words: str = ""
) -> HandOverRequest | None:
    """Let the turn decide, then look how the request stands."""
    # A key of its own each time: the same may be done again later.
    key = f"queue:{row.number}:{engine.desk.random(12).hex()}"
    said = Event(kind, f"{officer}\n{words}")
    taken = await engine.turns.take([Incoming(row.chat, key, said)])
    if taken.refused:
        raise Stopped("this could not be handled: see `vssid-bot aside`")
    now = here.clock.now()
    async with here.store.unit(now=now) as unit:  # who writes is at it; a claim lapses otherwise
        await unit.add_looks([Look(row.chat, officer, 0, now)])
    return await _row(here, row.number)


async def _conversation(here: Opened, chat: str) -> Conversation | None:
    async with here.store.unit(now=here.clock.now()) as unit:
        return (await unit.conversations([chat])).get(chat)


def _not_yours(number: int, row: HandOverRequest | None) -> int:
    if row is None:
        warn(f"{number}: given back to the bot meanwhile")
    elif row.officer:
        since = f" since {moment(row.taken_at)}" if row.taken_at else ""
        warn(f"{number}: {row.officer} has it{since}; only they can write there")
    else:
        warn(f"{number}: nobody has it; take it first")
    return FAILED


@asynccontextmanager
async def _office(config: Path | None) -> AsyncIterator[tuple[Opened, Engine]]:
    """The installation, and an engine on its store that hears and sends nothing."""
    async with opened(config) as here:
        clock = SteadyClock(floor=await here.store.high_water())
        yield here, build(here.settings, here.keyring, here.store, clock, {})
