"""One request with all that belongs to it, as officers read and decide it, wherever they sit.

Masked, unless its reader asks for more and says why. It refuses to decide: a decision is an event
of the chat that the turn judges (decision 0018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot import masks
from bot.channels.base import Incoming
from bot.decision import Decision
from bot.desk import Desk
from bot.dossiers import FORMS, RECEIPTS
from bot.requests import Form, read_form
from flows import dossier as graph
from flows.checks import fold
from flows.heard import DECIDE
from flows.model import Event
from storage.base import Dossier, Edge, Member, Photo, Store

HIDDEN = "....."


@dataclass(frozen=True, slots=True)
class File:
    """A dossier and what belongs to it. member: whose it is, if an account was proved."""

    dossier: Dossier
    member: Member | None
    edges: Sequence[Edge]
    photos: Sequence[Photo]

    @property
    def form(self) -> Form:
        """What was handed in, and what has been said of it since."""
        return read_form(self.dossier.form)


async def read(store: Store, ref: str, now: float) -> File | None:
    """The dossier of this reference, however it is written; None where there is none."""
    named = ref.strip().upper()
    async with store.unit(now=now) as unit:
        dossier = (await unit.dossiers([named])).get(named)
        if dossier is None:
            return None
        member = (await unit.members_of([dossier.account])).get(dossier.account)
        edges = sorted(await unit.edges([named]), key=lambda row: row.version)
        photos = await unit.photos_in([named])
    return File(dossier, member, edges, photos)


def steps(row: Dossier) -> list[str]:
    """What officers may do with it now."""
    edges = (edge for edge in graph.GRAPHS[row.kind] if edge.source == row.state)
    return [edge.event.removeprefix("staff:") for edge in edges if edge.who == "officer"]


def papers_of(row: Dossier) -> list[str]:
    """The papers that are drawn from it."""
    form = [FORMS[row.kind]] if row.kind in FORMS else []
    return [*form, "receipt"] if row.kind in RECEIPTS else form


def event_of(decision: Decision, dossier: Dossier, desk: Desk) -> Incoming:
    """The event by which the turn hears of a decision."""
    # A key of its own each time: a refused decision may be made again with a better reason.
    key = f"decide:{decision.ref}:{desk.random(12).hex()}"
    event = Event(DECIDE, msgspec.json.encode(decision).decode())
    return Incoming(dossier.chat, key, event, lang=dossier.lang)


def made_of(decision: Decision, after: File) -> tuple[Edge | None, bool]:
    """The step behind the version that was looked at, and whether it is this decision's."""
    made = next((row for row in after.edges if row.version == decision.version + 1), None)
    ways = {(edge.source, edge.event, edge.to) for edge in graph.GRAPHS[after.dossier.kind]}
    its_own = made is not None and made.who == decision.officer
    return made, its_own and made is not None and (made.source, decision.event, made.to) in ways


def masked(form: Form, desk: Desk) -> list[str]:
    """The lines that the citizen read before handing in, with values hidden that are theirs."""
    # What buttons say, and contacts that are masked already, say nothing about a person.
    harmless = frozenset().union(*desk.wording.phrases().values())
    harmless |= {masks.contact(value) for value in form.answers.values()}
    return [_masked(line, harmless) for line in form.lines]


def _masked(line: str, harmless: frozenset[str]) -> str:
    label, colon, value = line.partition(": ")
    if not colon:
        return masks.hide_numbers(line)
    shown = value in harmless or fold(value) in harmless or (value.isdecimal() and len(value) < 3)
    return f"{label}: {value if shown else HIDDEN}"
