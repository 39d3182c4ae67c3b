"""`vssid-bot rights`: requests about one's own data, the law's clocks, erasing for a letter.

What a citizen asks for in the chat is answered there. Somebody who writes a letter is served here,
by two officers: one asks for the erasing, another one approves it; the bot that runs erases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from bot import rights
from bot.app import build
from bot.commands.officer import moment
from bot.commands.opening import (
    NO_OFFICER,
    USAGE,
    ConfigFile,
    Opened,
    Stopped,
    opened,
    say,
)
from bot.erasing import read_counts
from bot.rights import DAY, NotPossible
from bot.staff import is_officer
from storage.base import Right

MOST = 10_000
Ref = Annotated[str, Parameter(help="As `rights list` and the citizen's certificate show it.")]
OfficerName = Annotated[
    str, Parameter("--as", help="As `staff list` or dossiers.officers names them.")
]
Why = Annotated[str, Parameter(help="The reason, for the file: the letter's number and day.")]

_WHY = {
    "nobody": "no conversation has proved this account: there is nothing to erase",
    "own": "you asked for it yourself: another officer has to approve it",
    "gone": "{what}: there is no request that waits for an officer",
}
app = App(name="rights", help="Requests about one's own data: list, show, erase, approve, refuse.")


@app.command(name="list")
async def list_(
    *,
    ended: Annotated[bool, Parameter(negative="", help="Those that are done.")] = False,
    limit: Annotated[
        int, Parameter(help="How many at the most.", validator=Number(gte=1, lte=MOST))
    ] = 50,
    config: ConfigFile = None,
) -> None:
    """List requests, due first, and say which are late; no personal data."""
    async with opened(config) as here:
        rows = await here.store.list_rights(ended=ended, limit=limit)
        now = here.clock.now()
    if not rows:
        say("no request is open" if not ended else "no request has ended")
    for row in rows:
        say(f"{row.ref}  {row.kind:6}  asked {moment(row.asked_at)}  {standing(row, now)}")


@app.command
async def show(ref: Ref, /, *, config: ConfigFile = None) -> None:
    """Show a request and what became of it: proves a certificate of erasure."""
    async with opened(config) as here:
        row, now = await _found(here, ref), here.clock.now()
    say(f"{row.ref}  {row.kind}", f"asked     {moment(row.asked_at)}")
    say(f"answer by {moment(row.answer_by)}", f"finish by {moment(row.finish_by)}")
    say(f"now       {standing(row, now)}")
    if row.asked_by:
        say(f"officers  {row.asked_by}, {row.approved_by or 'nobody has approved yet'}")
        say(f"reason    {row.why}")
    for name, count in read_counts(row.counts).items():
        say(f"erased    {count} {name}")


@app.command
async def erase(
    number: Annotated[str, Parameter(help="The account's BHXH or personal number.")],
    /,
    *,
    why: Why,
    officer: OfficerName,
    config: ConfigFile = None,
) -> None:
    """Ask for the erasing of every conversation that has proved this account.

    Nothing goes until another officer approves. Whoever used one chat for two accounts loses what
    was said about both: ask them before.
    """
    async with opened(config) as here:
        await _insist(here, officer)
        desk = build(here.settings, here.keyring, here.store, here.clock, {}).desk
        with _told(number):
            rows = await rights.ask(desk, here.store, number, why, officer, here.clock.now())
    say(*(f"{row.ref}: another officer approves it with `rights approve`" for row in rows))


@app.command
async def approve(ref: Ref, /, *, officer: OfficerName, config: ConfigFile = None) -> None:
    """Approve an erasing that another officer has asked for; it cannot be taken back."""
    async with opened(config) as here:
        await _insist(here, officer)
        with _told(ref):
            await rights.approve(here.store, ref, officer, here.clock.now())
    say(f"{ref}: erased within a minute by the bot that runs; `rights show {ref}` tells")


@app.command
async def refuse(
    ref: Ref, /, *, why: Why, officer: OfficerName, config: ConfigFile = None
) -> None:
    """Refuse an erasing that an officer has asked for; tell the citizen by letter."""
    async with opened(config) as here:
        await _insist(here, officer)
        with _told(ref):
            await rights.refuse(here.store, ref, why, officer, here.clock.now())
    say(f"{ref}: refused")


def standing(row: Right, now: float) -> str:
    """How a request stands, and in words how late it is."""
    clock, at = rights.standing(row, now)
    late = f"{_days(now - at)} ago"
    said = {
        "ended": f"{row.ended_as} {moment(at)}",
        "late": f"LATE: should have been done {late}",
        "unanswered": f"LATE: should have been answered {late}",
        "approval": f"another officer has to approve it by {moment(at)}",
        "open": f"to be done by {moment(at)}",
    }
    return said[clock]


def _days(seconds: float) -> str:
    days = int(seconds // DAY)
    return "less than a day" if not days else "1 day" if days == 1 else f"{days} days"


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in words what could not be done."""
    try:
        yield
    except NotPossible as error:
        raise Stopped(_WHY[error.why].format(what=what)) from None


async def _insist(here: Opened, officer: str) -> None:
    if not await is_officer(here.store, here.settings, officer, "decide"):
        raise Stopped(NO_OFFICER, USAGE)


async def _found(here: Opened, ref: str) -> Right:
    async with here.store.unit(now=here.clock.now()) as unit:
        found = await unit.rights([ref])
    if ref not in found:
        raise Stopped(f"{ref}: there is no such request")
    return found[ref]
