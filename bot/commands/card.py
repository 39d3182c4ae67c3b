"""A conversation as the officer sees who takes it: one screen, and no personal datum in full.

It shows what was asked for, how far it got and what was said last; it refuses to decide anything.
"""

from collections.abc import Iterator, Sequence

from bot import memory, shown
from bot.channels.base import Incoming
from bot.commands.officer import moment
from bot.desk import Desk
from flows.attending import left_for_person
from flows.model import OTHER, Event, Talk
from flows.table import Draft
from storage.base import Conversation, HandOverRequest, Line

WIDEST = 160  # characters of one line of the transcript
MINUTE = 60


def table(found: Sequence[HandOverRequest], now: float) -> list[str]:
    """One line a request, the oldest first."""
    if not found:
        return ["nobody waits"]
    cells = [("NUMBER", "SINCE", "MINUTES", "ASKED AT", "OFFICER")]
    for row in found:
        step = "/".join(filter(None, (row.flow, row.state))) or "menu"
        waited = int((now - row.at) // MINUTE)
        cells.append((str(row.number), moment(row.at), str(waited), step, row.officer or "-"))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (zip(line, widths, strict=True) for line in cells)
    return ["  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines]


def card(
    row: HandOverRequest, found: Conversation | None, lines: Sequence[Line], desk: Desk
) -> list[str]:
    """All there is to know before the first word to the citizen."""
    talk = memory.recall(desk, Incoming(row.chat, "", Event(OTHER)), found)
    left = left_for_person(talk, desk.flows)
    flow, state, draft = (left.flow, left.state, left.draft) if left else _running(talk)
    told = [
        f"{row.number}  {row.chat.partition(':')[0]}  speaks {talk.lang}",
        f"asked      {moment(row.at)}, at {row.flow or 'menu'} {row.state}".rstrip(),
        f"goal       {desk.wording.title(flow, 'vi') if flow else 'none; at the menu'}",
        f"step       {state or 'none'}",
        f"account    {'proved in this chat' if talk.proof else 'not proved'}",
        f"misses     {talk.misses}{', short texts' if talk.plain else ''}",
        "answers",
        *(f"  {name}: {value}" for name, value in shown.answers(desk, flow, draft)),
        "last said",
        *(f"  {part}" for line in lines for part in _said(desk, line)),
    ]
    return [_printable(line) for line in told]


def _running(talk: Talk) -> tuple[str, str, Draft]:
    return talk.flow, talk.state, talk.draft


def _said(desk: Desk, line: Line) -> Iterator[str]:
    """What was said; of answers within a procedure only that they came: see `answers`."""
    at = moment(line.at)
    where = f"  ({line.state})" if line.state.partition("/")[0] else ""
    if heard := shown.heard(desk, line):
        yield f"{at}  citizen  {_cut(heard)}{where}"
    if said := shown.said(desk, line):
        yield f"{at}  answer   {_cut(said)}"


def _cut(text: str) -> str:
    whole = text.replace("\n", " ")
    return whole if len(whole) <= WIDEST else f"{whole[:WIDEST]} ..."


def _printable(line: str) -> str:
    """What a stranger typed must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in line)
