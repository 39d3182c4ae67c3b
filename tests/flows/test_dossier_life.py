"""A dossier between two officers and a citizen who act on what they last saw, in any order.

The row stands for the database: a decision is made on it as it is then, and kept if it moved.
"""

from collections import Counter
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from flows.dossier import CITIZEN, ENDS, GRAPHS, Moved, Refused, View, decide

OFFICERS = ("an", "binh")
ACTORS = (*OFFICERS, CITIZEN)
EVENTS = sorted({edge.event for edges in GRAPHS.values() for edge in edges} - {"tap:submit"})
REASONS = st.sampled_from(("a reason", "a reason", ""))


class Step(NamedTuple):
    """One edge that was taken."""

    version: int
    source: str
    event: str
    to: str
    who: str
    why: str


class Try(NamedTuple):
    """What somebody decided, on the version that they saw."""

    event: str
    who: str
    version: int
    why: str


class Life(RuleBasedStateMachine):
    """Anybody may look or act at any time, act twice, or act on what is long gone."""

    tries: Bundle[Try] = Bundle("tries")

    def __init__(self) -> None:
        super().__init__()
        self.row = View("phone_review", "draft", 0)
        self.history: list[Step] = []
        self.seen: dict[str, int] = {}
        self.wins: Counter[int] = Counter()

    @initialize(kind=st.sampled_from(("phone_review", "phone_review", "reissue_book")))
    def hand_in(self, kind: str) -> None:
        """The citizen hands it in; everybody sees that."""
        self.row = View(kind, "draft", 0)
        self.attempt(Try("tap:submit", CITIZEN, 0, ""))
        self.seen = dict.fromkeys(ACTORS, self.row.version)

    @rule(who=st.sampled_from(ACTORS))
    def look(self, who: str) -> None:
        """Somebody opens the dossier anew."""
        self.seen[who] = self.row.version

    @rule(target=tries, who=st.sampled_from(ACTORS), event=st.sampled_from(EVENTS), why=REASONS)
    def act_on_what_was_seen(self, who: str, event: str, why: str) -> Try:
        """Somebody does something, whatever they last saw and whether or not they may."""
        return self.attempt(Try(event, who, self.seen[who], why))

    @precondition(lambda self: self.row.state not in ENDS)
    @rule(target=tries, who=st.sampled_from(ACTORS), why=REASONS, data=st.data())
    def act_now(self, who: str, why: str, data: st.DataObject) -> Try:
        """Somebody looks and does what is possible now, if only to somebody else."""
        event = data.draw(st.sampled_from(self.possible("")))
        return self.attempt(Try(event, who, self.row.version, why))

    @precondition(lambda self: bool(self.possible("staff:")))
    @rule(first=st.sampled_from(OFFICERS), data=st.data())
    def decide_at_once(self, first: str, data: st.DataObject) -> None:
        """Both officers look at one version and decide; at most one of them gets through."""
        version, before = self.row.version, len(self.history)
        for who in sorted(OFFICERS, key=lambda name: name != first):
            event = data.draw(st.sampled_from([*self.possible("staff:"), "staff:approve"]))
            self.attempt(Try(event, who, version, "a reason"))
        assert len(self.history) <= before + 1

    @rule(tried=consumes(tries))
    def act_again(self, tried: Try) -> None:
        """A double tap, or a message that came twice: what took effect does so once."""
        done, before = tried.version in self.wins, len(self.history)
        self.attempt(tried)
        assert not done or len(self.history) == before

    def possible(self, prefix: str) -> list[str]:
        """The events that some edge from here has."""
        edges = (edge for edge in GRAPHS[self.row.kind] if edge.source == self.row.state)
        return [edge.event for edge in edges if edge.event.startswith(prefix)]

    def attempt(self, tried: Try) -> Try:
        """Decide on the row as it is, and keep what moved."""
        before = self.row
        found = decide(before, tried.event, tried.who, tried.version, tried.why)
        if isinstance(found, Refused):
            stale = tried.version != before.version
            assert (found.key == "dossier.overtaken") == stale
            return tried
        assert isinstance(found, Moved)
        self.row = found.view
        self.wins[tried.version] += 1
        self.history.append(
            Step(self.row.version, before.state, tried.event, self.row.state, tried.who, tried.why)
        )
        return tried

    @invariant()
    def the_history_is_a_legal_path(self) -> None:
        """Every step is an edge of the graph, raised by one who may, from where it stood."""
        here = "draft"
        for number, step in enumerate(self.history, 1):
            role = "citizen" if step.who == CITIZEN else "officer"
            legal = [
                edge
                for edge in GRAPHS[self.row.kind]
                if (edge.source, edge.event, edge.to, edge.who)
                == (here, step.event, step.to, role)
            ]
            assert len(legal) == 1
            assert step.why or not legal[0].reason
            assert (step.version, step.source) == (number, here)
            here = step.to
        assert (self.row.state, self.row.version) == (here, len(self.history))

    @invariant()
    def one_winner_per_version(self) -> None:
        """Of all who acted on one version, one moved it at most."""
        assert all(wins == 1 for wins in self.wins.values())

    @invariant()
    def ends_are_final(self) -> None:
        """Nothing happens after an end."""
        assert not [step for step in self.history if step.source in ENDS]

    @invariant()
    def a_phone_was_approved_by_two(self) -> None:
        """Counted from the history alone: since the last question, two different officers."""
        since: list[str] = []
        for step in self.history:
            if step.event == "staff:ask":
                since = []
            elif step.event == "staff:approve":
                since.append(step.who)
        assert len(set(since)) == len(since)
        needed = 2 if self.row.kind == "phone_review" else 1
        assert (self.row.state == "resolved") == (len(since) == needed)
        assert list(self.row.approvals) == since


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
