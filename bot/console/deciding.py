"""What officers decide of requests at the desk: events for the turn, and what became of them.

An approval or a question of a request that nobody has received yet receives it first. Whether a
decision counted is read from the history afterwards: of two officers one finds the other's step.
"""

from msgspec.structs import replace

from bot import dossier_file
from bot.console.frame import Visit
from bot.decision import REJECT, Decision
from bot.dossier_file import File
from bot.requests import read_form
from flows import dossier as graph
from flows.checks import asks_for_secret
from storage.base import Dossier

LONGEST_WHY = 1000  # characters; it has to fit into a message
FIRST = "receive"


def decision_of(visit: Visit, row: Dossier) -> Decision:
    """What the posted form decides."""
    version = visit.typed("version", 9)
    return Decision(
        ref=row.ref,
        event=f"staff:{visit.typed('step', 20)}",
        officer=visit.who.name,
        version=int(version) if version.isascii() and version.isdecimal() else 0,
        why=visit.typed("why", LONGEST_WHY).strip(),
        reason=visit.typed("reason", 40),
    )


async def put_through(visit: Visit, file: File, said: Decision) -> str:
    """Let the turn judge it; why it had no effect, or ""."""
    desk, batches = visit.parts.engine.desk, visit.parts.engine.batches
    row = file.dossier
    if said.version != row.version:
        return _refused(visit, "overtaken", officer=_last(visit, file))
    if said.event not in {f"staff:{step}" for step in possible(row)}:
        return _refused(visit, "no_such_step")
    if _needs_words(said):
        return _refused(visit, "reason")
    if asks_for_secret(said.why):
        return _refused(visit, "secret")
    if said.event.removeprefix("staff:") not in dossier_file.steps(row):
        first = Decision(row.ref, f"staff:{FIRST}", said.officer, row.version)
        await batches.put(dossier_file.event_of(first, row, desk))
        said = replace(said, version=said.version + 1)
    await batches.put(dossier_file.event_of(said, row, desk))
    after = await dossier_file.read(visit.parts.store, row.ref, visit.parts.clock.now())
    if after is None:
        return _refused(visit, "closed")
    made, its_own = dossier_file.made_of(said, after)
    if its_own:
        return ""
    key = "overtaken" if made else _why_not(after.dossier, said)
    return _refused(visit, key, officer=_last(visit, after))


def _last(visit: Visit, file: File) -> str:
    """Who took the last step."""
    who = file.edges[-1].who
    return str(visit.t["desk"]["citizen"]) if who == graph.CITIZEN else who


def _needs_words(said: Decision) -> bool:
    return said.event in ("staff:ask", REJECT) and not said.spoken.strip()


def _why_not(row: Dossier, said: Decision) -> str:
    view = graph.View(row.kind, row.state, row.version, read_form(row.form).approvals)
    moved = graph.decide(view, said.event, said.officer, said.version, said.spoken)
    if isinstance(moved, graph.Refused):
        return moved.key.removeprefix("dossier.")
    return "taken"


def _refused(visit: Visit, key: str, **holes: str) -> str:
    return str(visit.t["desk"]["refused"][key].format(**holes))


def possible(row: Dossier) -> list[str]:
    """What an officer may do; with a request that nobody has looked at yet, also what is next."""
    steps = dossier_file.steps(row)
    if row.state != "submitted":
        return steps
    received = (edge for edge in graph.GRAPHS[row.kind] if edge.source == "received")
    more = [edge.event.removeprefix("staff:") for edge in received if edge.who == "officer"]
    return list(dict.fromkeys([*steps, *more]))
