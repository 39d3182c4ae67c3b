"""`vssid-bot dossier`: the officers' desk for as long as there is no console.

A decision enters the turn like a citizen's tap: nothing here moves a dossier or sends a message.
What shows personal data asks for a reason first and leaves a record of it in the audit chain.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from bot import masks
from bot.app import Engine, build
from bot.clock import SteadyClock
from bot.commands.officer import moment, refusal, rows, sheet, write
from bot.commands.opening import (
    FAILED,
    NO_OFFICER,
    USAGE,
    ConfigFile,
    Opened,
    Stopped,
    leave,
    opened,
    say,
    warn,
)
from bot.decision import Decision
from bot.dossier_file import File, event_of, made_of, papers_of, read
from bot.notifier.parcel import PaperBody
from bot.staff import is_officer
from flows.dossier_drawing import document
from storage.base import Act, Dossier

MOST = 10_000  # dossiers of one page
LONGEST_WHY = 1000  # characters; it has to fit into a message

Open = Literal["submitted", "received", "in_review", "needs_info", "approved"]
State = Literal[Open, "resolved", "rejected", "withdrawn"]
Kind = Literal[
    "reissue_book", "reissue_card", "phone_review", "reregister", "unfreeze",
    "register", "register_child", "pension_place", "pension_payment",
]  # fmt: skip
Step = Literal["receive", "review", "ask", "verify", "approve", "reject"]
Reason = Literal[
    "papers", "details", "identity", "no_answer", "not_needed", "at_office", "other"
]  # fmt: skip
OPEN: tuple[State, ...] = ("submitted", "received", "in_review", "needs_info", "approved")

Reference = Annotated[str, Parameter(help="The dossier's reference, like HS-261124-A7K2M9.")]
OfficerName = Annotated[
    str, Parameter("--as", help="As `staff list` or dossiers.officers names them.")
]

app = App(name="dossier", help="Requests that officers finish: list, show, decide.")


@app.command(name="list")
async def list_(
    *,
    state: Annotated[
        tuple[State, ...], Parameter(negative="", help="May be repeated [default: all open ones].")
    ] = (),
    kind: Annotated[Kind | None, Parameter(help="Only this kind.")] = None,
    limit: Annotated[
        int, Parameter(help="How many at the most.", validator=Number(gte=1, lte=MOST))
    ] = 50,
    after: Annotated[str, Parameter(help="Go on behind this reference.")] = "",
    config: ConfigFile = None,
) -> None:
    """List dossiers, the one that is due first comes first; no personal data."""
    async with _office(config) as (here, engine):
        behind = (await _read(here, after)).dossier.ref if after else ""
        found = await here.store.list_dossiers(
            states=state or OPEN, kinds=(kind,) if kind else (), limit=limit + 1, after=behind
        )
        say(*rows(found[:limit], engine.desk, here.clock.now()))
    if len(found) > limit:
        warn(f"there are more: --after {found[limit - 1].ref}")


@app.command
async def show(
    ref: Reference,
    /,
    *,
    reveal: Annotated[bool, Parameter(negative="", help="Personal data in full.")] = False,
    photos: Annotated[Path | None, Parameter(help="Write the photos into this folder.")] = None,
    papers: Annotated[Path | None, Parameter(help="Write the PDFs into this folder.")] = None,
    officer: OfficerName = "",
    why: Annotated[
        str, Parameter(help="Why the personal data is needed; none of it in the reason.")
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Show one dossier: answers, history, what can be decided. Personal data is masked.

    Who wants it in full says who they are and why; both are kept in the audit chain before
    anything is shown.
    """
    wanted = {"answers": reveal, "photos": photos, "papers": papers}
    shown = " ".join(name for name, value in wanted.items() if value)
    if shown and not (officer and why.strip()):
        leave(USAGE, "--as and --why: say who needs the personal data, and what for")
    async with _office(config) as (here, engine):
        if shown:
            await _check(officer, why, here)
        file = await _read(here, ref)
        if shown:
            await _remember(here, file.dossier, officer, shown, why)
        say(*sheet(file, engine.desk, here.clock.now(), in_full=reveal))
        if photos:
            write(photos, _pictures(file))
        if papers:
            write(papers, await _papers(engine, file.dossier))


@app.command
async def decide(
    ref: Reference,
    step: Annotated[Step, Parameter(help="What to do with it.")],
    /,
    *,
    officer: OfficerName,
    why: Annotated[
        str, Parameter(help="The question (ask) or your own words; the citizen reads them.")
    ] = "",
    reason: Annotated[
        Reason | None, Parameter(help="Why it is rejected; with `other`, say it in --why.")
    ] = None,
    version: Annotated[
        int | None, Parameter(help="The version that was looked at [default: the newest].")
    ] = None,
    config: ConfigFile = None,
) -> int:
    """Take a dossier one step further, and say whether this decision was the one that counted.

    Of two decisions on one version the first counts. The citizen is told by the notifier that
    runs, not by this command.
    """
    async with _office(config) as (here, engine):
        await _check(officer, why, here)
        if reason and step != "reject":
            raise Stopped("--reason: only what is rejected has one; say it in --why", USAGE)
        file = await _read(here, ref)
        looked_at = file.dossier.version if version is None else version
        event, said = f"staff:{step}", why.strip()
        decision = Decision(file.dossier.ref, event, officer, looked_at, said, reason or "")
        taken = await engine.turns.take([event_of(decision, file.dossier, engine.desk)])
        if taken.refused:
            raise Stopped("the decision could not be handled: see `vssid-bot aside`")
        after = await _read(here, ref)
    return _outcome(decision, after)


async def _check(officer: str, why: str, here: Opened) -> None:
    if not await is_officer(here.store, here.settings, officer, "decide"):
        raise Stopped(NO_OFFICER, USAGE)
    if len(why) > LONGEST_WHY:
        raise Stopped(f"--why: at most {LONGEST_WHY} characters", USAGE)


async def _remember(here: Opened, of: Dossier, officer: str, shown: str, why: str) -> None:
    """Keep who looked at whose personal data, and why, before it is shown."""
    now, detail = here.clock.now(), f"{of.ref} {shown}: {masks.hide_numbers(why.strip())}"
    async with here.store.unit(now=now) as unit:
        await unit.add_acts([Act(now, "dossier.revealed", officer, of.account, detail)])


def _outcome(decision: Decision, file: File) -> int:
    """Say whose step came after the version that was looked at."""
    made, its_own = made_of(decision, file)
    if made and its_own:
        say(f"{decision.ref}: {made.source} -> {made.to}, now version {made.version}")
        say("the citizen is told by the notifier that runs; nothing was sent from here")
        return 0
    if made:
        step = f"{made.source} -> {made.to}"
        warn(
            f"{decision.ref}: overtaken by {made.who} at {moment(made.at)} ({step});"
            " look at it again"
        )
    else:
        warn(f"{decision.ref}: {refusal(file.dossier, decision)}")
    return FAILED


@app.command
def draw() -> None:
    """Print the graph of every kind of dossier, as docs/reference/dossiers.md has it."""
    say(document().rstrip("\n"))


@asynccontextmanager
async def _office(config: Path | None) -> AsyncIterator[tuple[Opened, Engine]]:
    """The installation, and an engine on its store that hears and sends nothing."""
    async with opened(config) as here:
        clock = SteadyClock(floor=await here.store.high_water())
        yield here, build(here.settings, here.keyring, here.store, clock, {})


async def _read(here: Opened, ref: str) -> File:
    file = await read(here.store, ref, here.clock.now())
    if file is None:
        raise Stopped("there is no dossier of that reference")
    return file


def _pictures(file: File) -> dict[str, bytes]:
    named = enumerate(file.photos, 1)
    return {f"{file.dossier.ref}-photo-{number}.jpg": photo.image for number, photo in named}


async def _papers(engine: Engine, dossier: Dossier) -> dict[str, bytes]:
    bodies = {name: PaperBody(name, dossier.ref, dossier.lang) for name in papers_of(dossier)}
    drawn = [(name, await engine.paperwork.draw(body)) for name, body in bodies.items()]
    return {f"{dossier.ref}-{name}.pdf": pdf for name, pdf in drawn}
