"""A conversation as the officer sees who takes it: one screen, and no personal datum in full.

It shows what was asked for, how far it got and what was said last; it refuses to decide anything.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from bot import masks, memory
from bot.channels.base import Incoming
from bot.commands.officer import HIDDEN, moment
from bot.desk import Desk
from flows.attending import left_for_person
from flows.model import OTHER, Event, Talk
from flows.table import Choose, Draft
from storage.base import Conversation, HandOverRequest, Line

WIDEST = 160  # characters of one line of the transcript
MINUTE = 60
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+")


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
    shown = [
        f"{row.number}  {row.chat.partition(':')[0]}  speaks {talk.lang}",
        f"asked      {moment(row.at)}, at {row.flow or 'menu'} {row.state}".rstrip(),
        f"goal       {desk.wording.title(flow, 'vi') if flow else 'none; at the menu'}",
        f"step       {state or 'none'}",
        f"account    {'proved in this chat' if talk.proof else 'not proved'}",
        f"misses     {talk.misses}{', short texts' if talk.plain else ''}",
        "answers",
        *(f"  {line}" for line in _answers(desk, flow, draft)),
        "last said",
        *(f"  {part}" for line in lines for part in _said(desk, line)),
    ]
    return [_printable(line) for line in shown]


def _running(talk: Talk) -> tuple[str, str, Draft]:
    return talk.flow, talk.state, talk.draft


def _answers(desk: Desk, flow: str, draft: Draft) -> Iterator[str]:
    """What was answered; hidden whole, unless its procedure says how it may be shown."""
    known = desk.flows.get(flow)
    if known is None or draft is None:
        return
    for name, kept in asdict(draft).items():
        value = str(kept or "")
        if not value:
            continue
        how = known.masks.get(name)
        shown = masks.contact(value) if how == "contact" else HIDDEN
        yield f"{name}: {masks.tail(value) if how in ('account', 'number') else shown}"


def _said(desk: Desk, line: Line) -> Iterator[str]:
    """What was said; of answers within a procedure only that they came: see `answers`."""
    name, _, state = line.state.partition("/")
    known, at = desk.flows.get(name), moment(line.at)
    asked = known.question(state) if known else None
    if line.heard and not line.heard.startswith("[staff:"):
        hidden = line.said and asked and not isinstance(asked, Choose)
        where = f"  ({line.state})" if name else ""
        yield f"{at}  citizen  {HIDDEN if hidden else _cut(line.heard)}{where}"
    if line.said and (known is None or line.heard.startswith("[staff:")):
        yield f"{at}  answer   {_cut(line.said)}"


def _cut(text: str) -> str:
    bare = _MAIL.sub(lambda found: masks.email(found[0]), text.replace("\n", " "))
    hidden = masks.hide_numbers(bare)
    return hidden if len(hidden) <= WIDEST else f"{hidden[:WIDEST]} ..."


def _printable(line: str) -> str:
    """What a stranger typed must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in line)
