"""The life of a dossier: its states, and every edge between them, written out.

Pure, like the procedures: an event either takes a dossier along an edge or is refused with the
key of a text. It refuses to know what a decision brings about, and by when one is due
(`flows/dossier_dates.py`). Change an edge and raise GRAPH_VERSION.
"""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from flows.machine import BrokenFlow

GRAPH_VERSION = 2
CITIZEN = "citizen"  # who acts; any other name is an officer's
ENDS = frozenset({"resolved", "rejected", "withdrawn"})
NEEDED = {"phone_review": 2}  # different officers who have to approve; otherwise one
# Why officers reject, as the texts `reason.*` have it; OTHER is told in their own words alone.
OTHER = "other"
REASONS = ("papers", "details", "identity", "no_answer", "not_needed", "at_office", OTHER)

Refusal = Literal[
    "dossier.overtaken",  # somebody moved it since it was looked at
    "dossier.closed",
    "dossier.no_such_step",
    "dossier.not_yours",
    "dossier.reason",  # one has to be given
    "dossier.same_officer",
]


class Edge(msgspec.Struct, frozen=True):
    """One way on: in `source`, on `event`, raised by `who`, a dossier goes to `to`."""

    source: str
    event: str
    to: str
    who: Literal["citizen", "officer"] = "officer"
    reason: bool = False  # it has to be given; a citizen's is the answer


_EVERY = (
    Edge("draft", "tap:submit", "submitted", "citizen"),
    Edge("submitted", "staff:receive", "received"),
    Edge("submitted", "staff:review", "in_review"),
    Edge("received", "staff:review", "in_review"),
    Edge("received", "staff:ask", "needs_info", reason=True),
    Edge("in_review", "staff:ask", "needs_info", reason=True),
    Edge("needs_info", "text:answer", "in_review", "citizen", reason=True),
    Edge("received", "staff:reject", "rejected", reason=True),
    Edge("in_review", "staff:reject", "rejected", reason=True),
    Edge("needs_info", "staff:reject", "rejected", reason=True),  # an answer may never come
    Edge("submitted", "tap:withdraw", "withdrawn", "citizen"),
    Edge("received", "tap:withdraw", "withdrawn", "citizen"),
    Edge("in_review", "tap:withdraw", "withdrawn", "citizen"),
    Edge("needs_info", "tap:withdraw", "withdrawn", "citizen"),
)
_ONE_OFFICER = (
    *_EVERY,
    Edge("received", "staff:approve", "resolved"),
    Edge("in_review", "staff:approve", "resolved"),
)
_VERIFIED = (
    *_ONE_OFFICER,
    # Contributions elsewhere have to be looked up: a later day, and the citizen is told why.
    Edge("in_review", "staff:verify", "in_review", reason=True),
)
_TWO_OFFICERS = (
    *_EVERY,
    Edge("received", "staff:approve", "approved"),
    Edge("in_review", "staff:approve", "approved"),
    Edge("approved", "staff:approve", "resolved"),
    Edge("approved", "staff:ask", "needs_info", reason=True),
    Edge("approved", "staff:reject", "rejected", reason=True),
    Edge("approved", "tap:withdraw", "withdrawn", "citizen"),
)

GRAPHS: Mapping[str, tuple[Edge, ...]] = {
    "reissue_book": _VERIFIED,
    "reissue_card": _ONE_OFFICER,
    "phone_review": _TWO_OFFICERS,
    "reregister": _ONE_OFFICER,
    "unfreeze": _ONE_OFFICER,
    "register": _ONE_OFFICER,
    "register_child": _ONE_OFFICER,
    "pension_place": _ONE_OFFICER,
    "pension_payment": _ONE_OFFICER,
}


class View(msgspec.Struct, frozen=True):
    """A dossier as far as its graph is concerned.

    approvals: the officers who have approved what now stands in it, in this order.
    """

    kind: str
    state: str
    version: int
    approvals: tuple[str, ...] = ()


class Moved(msgspec.Struct, frozen=True):
    """The dossier after an edge."""

    view: View


class Refused(msgspec.Struct, frozen=True):
    """Why nothing happened: a key of the texts."""

    key: Refusal


def decide(
    view: View, event: str, who: str, expected_version: int, why: str = ""
) -> Moved | Refused:
    """Take a dossier along an edge.

    who: CITIZEN or an officer's name. expected_version: of the dossier that was looked at.
    """
    if expected_version != view.version:
        return Refused("dossier.overtaken")
    if view.state in ENDS:
        return Refused("dossier.closed")
    edge = _edge(view, event)
    if edge is None:
        return Refused("dossier.no_such_step")
    if not _may(edge, who):
        return Refused("dossier.not_yours")
    if edge.reason and not why.strip():
        return Refused("dossier.reason")
    approvals = _approvals(view, event, who)
    if edge.to == "resolved" and len(set(approvals)) < NEEDED.get(view.kind, 1):
        return Refused("dossier.same_officer")
    return Moved(replace(view, state=edge.to, version=view.version + 1, approvals=approvals))


def _edge(view: View, event: str) -> Edge | None:
    edges = GRAPHS.get(view.kind, ())
    return next((it for it in edges if (it.source, it.event) == (view.state, event)), None)


def _may(edge: Edge, who: str) -> bool:
    return who == CITIZEN if edge.who == "citizen" else who not in ("", CITIZEN)


def _approvals(view: View, event: str, who: str) -> tuple[str, ...]:
    """Who has approved after this event; an approval falls when its dossier changes."""
    held = view.approvals if view.state == "approved" else ()
    if event == "staff:approve":
        return (*held, who)
    return () if event == "staff:ask" else held


def _check(kind: str, edges: Collection[Edge]) -> None:
    """Raise BrokenFlow unless all can be reached, ends are final, the rest leads to one."""
    reached = _spread({"draft"}, {(edge.source, edge.to) for edge in edges})
    finite = _spread(set(ENDS), {(edge.to, edge.source) for edge in edges})
    for state in sorted({edge.source for edge in edges} | ENDS):
        if state not in reached:
            raise BrokenFlow(f"{kind}: nothing leads to {state!r}; add an Edge or drop the state")
    for state in sorted(reached):
        if state in ENDS and any(edge.source == state for edge in edges):
            raise BrokenFlow(f"{kind}: {state!r} is an end but has edges; drop one of both")
        if state not in finite:
            raise BrokenFlow(f"{kind}: no end can be reached from {state!r}; add an Edge")
    for edge in edges:
        if edge.event.startswith("staff:") != (edge.who == "officer"):
            raise BrokenFlow(
                f"{kind}: {edge.event!r} must not be raised by {edge.who}s; rename it"
            )
    if len({(edge.source, edge.event) for edge in edges}) < len(edges):
        raise BrokenFlow(f"{kind}: one event leads two ways from one state; drop one")


def _spread(known: set[str], steps: set[tuple[str, str]]) -> set[str]:
    """All that can be reached from what is known."""
    while more := {to for source, to in steps if source in known} - known:
        known = known | more
    return known


for _kind, _edges in GRAPHS.items():
    _check(_kind, _edges)
