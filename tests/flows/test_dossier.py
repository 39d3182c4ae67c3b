"""The graph of dossiers: what is allowed, who may do it, and that its table is sound."""

import itertools
from collections import deque

import pytest
from msgspec.structs import replace

from flows import discover
from flows.dossier import (
    CITIZEN,
    ENDS,
    GRAPH_VERSION,
    GRAPHS,
    Edge,
    Moved,
    Refused,
    View,
    _check,
    decide,
)
from flows.dossier_drawing import document, fingerprint, mermaid
from flows.machine import BrokenFlow

AN, BINH = "an", "binh"
EVENTS = sorted({edge.event for edges in GRAPHS.values() for edge in edges})
STATES = sorted({edge.to for edges in GRAPHS.values() for edge in edges} | {"draft"})
ONE_OFFICER = sorted(set(GRAPHS) - {"phone_review"})

# A changed table needs a new version here and in the graph; earlier lines stay as they are.
PUBLISHED = {1: "2a863976", 2: "d8448ffd"}


def _at(state: str, kind: str = "phone_review", approvals: tuple[str, ...] = ()) -> View:
    return View(kind, state, 7, approvals)


def _walk(view: View, *steps: tuple[str, str]) -> View:
    """Take every step; each has to be possible."""
    for event, who in steps:
        moved = decide(view, event, who, view.version, "a reason")
        assert isinstance(moved, Moved), (view, event, who, moved)
        view = moved.view
    return view


def test_a_changed_graph_has_a_new_version() -> None:
    """Histories are read by the graph they were written under."""
    assert PUBLISHED.get(GRAPH_VERSION) == fingerprint(), (
        "the graph was changed: raise GRAPH_VERSION and write the new fingerprint here"
    )


@pytest.mark.parametrize("kind", ONE_OFFICER)
def test_the_usual_life(kind: str) -> None:
    """Handed in, received, looked at, approved; four edges, four versions."""
    end = _walk(
        View(kind, "draft", 0),
        ("tap:submit", CITIZEN),
        ("staff:receive", AN),
        ("staff:review", AN),
        ("staff:approve", AN),
    )
    assert end == View(kind, "resolved", 4, (AN,))


def test_a_lost_phone_takes_two_officers() -> None:
    """One approval waits, the same officer's second one is refused, another's resolves it."""
    once = _walk(_at("in_review"), ("staff:approve", AN))
    assert (once.state, once.approvals) == ("approved", (AN,))

    again = decide(once, "staff:approve", AN, once.version)
    assert again == Refused("dossier.same_officer")

    twice = _walk(once, ("staff:approve", BINH))
    assert twice == View("phone_review", "resolved", 9, (AN, BINH))


def test_an_approval_falls_when_something_new_comes_in() -> None:
    """What the first officer approved is not what the second one sees: both approve again."""
    asked = _walk(_at("approved", approvals=(AN,)), ("staff:ask", BINH))
    assert asked.approvals == ()

    once = _walk(asked, ("text:answer", CITIZEN), ("staff:approve", BINH))
    assert (once.state, once.approvals) == ("approved", (BINH,))


def test_approvals_that_were_lost_or_left_over_do_not_count() -> None:
    """A row that is not as it should be makes a decision harder, never easier."""
    lost = decide(_at("approved"), "staff:approve", AN, 7)
    assert lost == Refused("dossier.same_officer")

    left = _walk(_at("in_review", approvals=(BINH, AN)), ("staff:approve", AN))
    assert (left.state, left.approvals) == ("approved", (AN,))


def test_of_two_officers_at_once_one_is_told() -> None:
    """The second decision on one version changes nothing and has its own refusal."""
    seen = _at("in_review", "reissue_book")
    first = _walk(seen, ("staff:approve", AN))

    late = decide(first, "staff:reject", BINH, seen.version, "no")
    assert late == Refused("dossier.overtaken")
    assert decide(first, "staff:approve", AN, seen.version) == late  # a double tap
    assert decide(seen, "staff:approve", AN, seen.version + 1) == late


def test_a_question_is_answered_and_the_review_goes_on() -> None:
    """An answer brings a dossier back to where the question came from."""
    asked = _walk(_at("received"), ("staff:ask", AN))
    assert asked.state == "needs_info"
    assert _walk(asked, ("text:answer", CITIZEN)).state == "in_review"


@pytest.mark.parametrize("kind", GRAPHS)
def test_a_citizen_can_withdraw_what_is_open(kind: str) -> None:
    """From every state between handing in and the end, and from no other."""
    can = {edge.source for edge in GRAPHS[kind] if edge.event == "tap:withdraw"}
    assert can == {edge.to for edge in GRAPHS[kind]} - ENDS


@pytest.mark.parametrize(
    ("view", "event", "who", "why", "key"),
    [
        (_at("resolved"), "tap:withdraw", CITIZEN, "", "dossier.closed"),
        (_at("withdrawn"), "staff:approve", AN, "", "dossier.closed"),
        (_at("submitted"), "staff:approve", AN, "", "dossier.no_such_step"),
        (_at("in_review"), "text:answer", CITIZEN, "here", "dossier.no_such_step"),
        (_at("in_review"), "staff:shrug", AN, "", "dossier.no_such_step"),
        (_at("in_review", "dream"), "staff:approve", AN, "", "dossier.no_such_step"),
        (_at("in_review"), "staff:approve", CITIZEN, "", "dossier.not_yours"),
        (_at("in_review"), "staff:approve", "", "", "dossier.not_yours"),
        (_at("in_review"), "tap:withdraw", AN, "", "dossier.not_yours"),
        (_at("needs_info"), "text:answer", AN, "here", "dossier.not_yours"),
        (_at("in_review"), "staff:reject", AN, " \n", "dossier.reason"),
        (_at("in_review"), "staff:ask", AN, "", "dossier.reason"),
        (_at("needs_info"), "text:answer", CITIZEN, "", "dossier.reason"),
    ],
)
def test_each_refusal_has_its_own_key(
    view: View, event: str, who: str, why: str, key: str
) -> None:
    """Whoever is refused is told what of."""
    refused = decide(view, event, who, view.version, why)
    assert isinstance(refused, Refused)
    assert refused.key == key


@pytest.mark.parametrize("kind", GRAPHS)
def test_nothing_moves_but_along_an_edge(kind: str) -> None:
    """Every state, event and actor: what moved had an edge and the right to it."""
    edges = {(edge.source, edge.event): edge for edge in GRAPHS[kind]}
    for state, event, who in itertools.product(STATES, EVENTS, (CITIZEN, AN, "")):
        moved = decide(View(kind, state, 3, (BINH,)), event, who, 3, "a reason")
        edge = edges.get((state, event))
        may = edge is not None and who == {"citizen": CITIZEN, "officer": AN}[edge.who]
        assert isinstance(moved, Moved) == may, (state, event, who)
        if isinstance(moved, Moved) and edge:
            assert (moved.view.state, moved.view.version) == (edge.to, 4)


def test_every_way_to_a_new_phone_passes_two_officers() -> None:
    """Searched to the end: no order of events lets one officer and a citizen resolve it."""
    begun = View("phone_review", "draft", 0)
    assert _resolved(begun, (AN, CITIZEN, "")) == set()
    assert _resolved(begun, (AN, BINH, CITIZEN)) == {(AN, BINH), (BINH, AN)}


def _resolved(begun: View, actors: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The approvals of all resolved dossiers that these actors can bring about."""
    seen, todo = {begun}, deque([begun])
    while todo:
        view = todo.popleft()
        for event, who in itertools.product(EVENTS, actors):
            moved = decide(view, event, who, 0, "a reason")
            if isinstance(moved, Moved):
                after = replace(moved.view, version=0)
                todo.extend({after} - seen)
                seen.add(after)
    assert len(seen) < 100
    return {view.approvals for view in seen if view.state == "resolved"}


SOUND = GRAPHS["phone_review"]


@pytest.mark.parametrize(
    ("edges", "says"),
    [
        ((*SOUND, Edge("lost", "staff:receive", "received")), "nothing leads to 'lost'"),
        ([edge for edge in SOUND if edge.to != "rejected"], "nothing leads to 'rejected'"),
        ((*SOUND, Edge("resolved", "staff:ask", "needs_info")), "is an end but has edges"),
        ((*SOUND, Edge("received", "staff:lose", "nowhere")), "no end can be reached"),
        ((*SOUND, Edge("received", "tap:peek", "in_review")), "not be raised by officers"),
        (
            (*SOUND, Edge("received", "staff:go", "received", "citizen")),
            "not be raised by citizens",
        ),
        ((*SOUND, Edge("received", "staff:ask", "in_review")), "one event leads two ways"),
    ],
)
def test_a_broken_table_does_not_start(edges: tuple[Edge, ...], says: str) -> None:
    """A state nobody reaches or leaves, and an end that goes on, are found at import."""
    with pytest.raises(BrokenFlow, match=says):
        _check("phone_review", edges)


def test_the_page_shows_every_edge() -> None:
    """Diagrams and events come from the table; a colon would break a diagram's label."""
    page = document()
    for kind, edges in GRAPHS.items():
        assert kind in page
        assert mermaid(edges) in page
        assert mermaid(edges).count(" --> ") == len(edges) + 1 + len(ENDS)
        assert all(line.count(":") <= 1 for line in mermaid(edges).splitlines())
    assert all(f"`{event}`" in page for event in EVENTS)


def test_a_dossier_is_no_conversation() -> None:
    """The menu shows procedures; what happens to a request later is not one of them."""
    assert not set(GRAPHS) & set(discover())
