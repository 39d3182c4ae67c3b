"""A dossier as officers read it: a line of a list, a whole sheet, a refusal, files.

It masks what citizens typed unless told otherwise, and refuses to fetch or to decide anything.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import asdict

from bot import masks
from bot.commands.opening import Stopped, say
from bot.decision import REJECT, Decision
from bot.desk import UTC_PLUS, Desk
from bot.dossier_file import HIDDEN, File, masked, steps
from bot.registering import SUBMITTED
from bot.requests import Form, read_form
from flows import dossier as graph
from storage.base import Dossier, Edge, Member

NOBODY = "nobody; it is closed"


def rows(found: Sequence[Dossier], desk: Desk, now: float) -> list[str]:
    """A table, one line a dossier."""
    if not found:
        return ["no dossiers"]
    head = ("REFERENCE", "KIND", "STATE", "OPENED", "DUE", "WAITS FOR")
    cells = [head]
    for row in found:
        opened = f"{desk.day_of(row.opened_at):%d/%m/%Y}"
        cells.append((row.ref, row.kind, row.state, opened, due(row, desk, now), waits_for(row)))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (zip(line, widths, strict=True) for line in cells)
    return ["  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines]


def sheet(file: File, desk: Desk, now: float, *, in_full: bool) -> list[str]:
    """All there is to know about one dossier."""
    row, form = file.dossier, read_form(file.dossier.form)
    lines = [
        f"{row.ref}  {row.kind}  {row.state}  version {row.version}",
        f"handed in  {moment(row.opened_at)}, {row.chat.partition(':')[0]}",
        f"due        {due(row, desk, now)}",
        f"waits for  {waits_for(row)}",
        f"next       {', '.join(steps(row)) or 'nothing'}",
        *(f"account    {line}" for line in _account(file.member, in_full=in_full)),
        *_answers(form, desk, in_full=in_full),
        f"photos     {len(file.photos)}",
        "history",
        *(line for edge in file.edges for line in _step(edge, in_full=in_full)),
    ]
    return [_printable(line) for line in lines]


def due(row: Dossier, desk: Desk, now: float) -> str:
    """The day in Viet Nam, and in words when it is past or its time stands still."""
    if row.due_at is None:
        return "no day"
    words = [desk.wording.day("vi", desk.day_of(row.due_at))]
    if row.is_open and (row.paused_at or now) > row.due_at:
        words.append("OVERDUE")
    if row.paused_at is not None:
        words.append(f"stands still since {desk.day_of(row.paused_at):%d/%m/%Y}")
    return ", ".join(words)


def waits_for(row: Dossier) -> str:
    """Whose turn it is."""
    if not row.is_open:
        return NOBODY
    if row.state == "needs_info":
        return "the citizen"
    if row.state == "approved":
        return f"another officer than {', '.join(read_form(row.form).approvals)}"
    return "an officer"


def moment(at: float) -> str:
    """A moment by the clocks of Viet Nam."""
    return f"{datetime.fromtimestamp(at, UTC) + timedelta(seconds=UTC_PLUS):%Y-%m-%d %H:%M:%S}"


def refusal(row: Dossier, said: Decision) -> str:
    """Why a decision had no effect, and what would have one."""
    view = graph.View(row.kind, row.state, row.version, read_form(row.form).approvals)
    moved = graph.decide(view, said.event, said.officer, said.version, said.spoken)
    possible = f"possible now: {', '.join(steps(row)) or 'nothing'}"
    if not isinstance(moved, graph.Refused) and row.kind in SUBMITTED:
        return (
            "its number, citizen ID or contact belongs to an account already; a closed account is"
            f" opened at the counter (`registry reopen`); {possible}"
        )
    if not isinstance(moved, graph.Refused):
        return f"nothing happened, but it could now; decide again ({possible})"
    return {
        "dossier.overtaken": f"it has no version {said.version} yet; now it is {row.version}",
        "dossier.closed": f"it is closed: {row.state}",
        "dossier.no_such_step": f"not possible while it is {row.state}; {possible}",
        "dossier.not_yours": f"no step of an officer's; {possible}",
        "dossier.reason": f"this step needs {_reasons(said)}: the citizen reads it",
        "dossier.same_officer": f"{said.officer} has approved it already; another officer has to",
    }[moved.key]


def _reasons(said: Decision) -> str:
    return f"--reason {'|'.join(graph.REASONS)}, or --why" if said.event == REJECT else "--why"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """New files that only their owner can read; nothing is overwritten."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files.items():
        place = folder / name
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Stopped(f"{place} exists; nothing is overwritten") from None
        with open(handle, "wb") as out:  # noqa: PTH123 - a handle, not a path
            out.write(content)
        say(str(place))
    if not files:
        say(f"nothing to write into {folder}")


def _account(member: Member | None, *, in_full: bool) -> Iterator[str]:
    if member is None:
        yield "none was proved; look the person up by what was typed"
        return
    person = member.person
    yield f"{masks.tail(person.bhxh_number)}, {member.state}"
    if in_full:
        yield from (f"{name}: {value}" for name, value in asdict(person).items() if value)


def _answers(form: Form, desk: Desk, *, in_full: bool) -> Iterator[str]:
    yield "answers, as they were read before they were handed in"
    yield from (f"  {line}" for line in (form.lines if in_full else masked(form, desk)))
    if in_full:
        yield "answers, as they were typed or chosen"
        yield from (f"  {name}: {value}" for name, value in form.answers.items())
    if form.question:
        yield f"asked      {form.question if in_full else masks.hide_numbers(form.question)}"
    yield from (f"answered   {reply if in_full else HIDDEN}" for reply in form.replies)


def _step(edge: Edge, *, in_full: bool) -> Iterator[str]:
    yield f"  {edge.version}  {moment(edge.at)}  {edge.source} -> {edge.to}  by {edge.who}"
    if edge.why:
        shown = HIDDEN if edge.who == graph.CITIZEN else masks.hide_numbers(edge.why)
        yield f"     {edge.why if in_full else shown}"


def _printable(line: str) -> str:
    """What a stranger typed must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in line)
