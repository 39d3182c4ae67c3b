"""See one's own requests, answer what an officer asked, or take a request back.

Shows what was handed in from this chat, so nothing has to be proved first; it shows no personal
data. Whether a step is still possible is looked up in the very moment it is taken.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from flows import checks, common
from flows.dossier import ENDS as CLOSED
from flows.dossier import GRAPHS, REASONS
from flows.effects import MoveDossier, ShowDossiers
from flows.machine import Flow
from flows.model import OK, DossierView, start, tap
from flows.path import on_its_way, photo_moves
from flows.table import Ask, Do, Move, Turn, say

NAME = "my_dossiers"
BEGIN, SHOW, WITHDRAW, SEND = start(NAME), tap("show"), tap("withdraw"), tap("send")
STATES = sorted(
    {at for edges in GRAPHS.values() for edge in edges for at in (edge.source, edge.to)}
)


class S(StrEnum):
    """Where the conversation stands. MORE: photos came, and words may follow."""

    LIST = "list"
    ANSWER = "answer"
    MORE = "more"
    WITHDRAW = "withdraw"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    SEEN = "seen"
    NONE = "none"
    LEFT = "left"
    CANCELLED = "cancelled"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The dossier that is asked about, and the answer so far.

    answer: what was typed last; words: what was typed while a photo was on its way.
    """

    ref: str = ""
    answer: str = ""
    words: str = ""
    sent: int = 0
    photos: int = 0


def _asked(each: DossierView) -> bool:
    return each.state == "needs_info"


def _mine(each: DossierView) -> bool:
    """It can be taken back; an account that is frozen needs somebody to look at it."""
    return each.state not in CLOSED and each.kind != "unfreeze"


def _newest(turn: Turn, fits: Callable[[DossierView], bool]) -> str:
    return next((each.ref for each in turn.facts.dossiers if fits(each)), "")


def nothing(turn: Turn) -> bool:
    """Nothing was ever handed in here."""
    return not turn.facts.dossiers


def asked(turn: Turn) -> bool:
    """An officer waits for an answer."""
    return bool(_newest(turn, _asked))


def nothing_to_do(turn: Turn) -> bool:
    """There is none that could be taken back."""
    return not _newest(turn, _mine)


def still_asked(turn: Turn) -> bool:
    """The officer still waits for this very answer."""
    return any(each.ref == turn.draft.ref and _asked(each) for each in turn.facts.dossiers)


def still_open(turn: Turn) -> bool:
    """It can still be taken back."""
    return any(each.ref == turn.draft.ref and _mine(each) for each in turn.facts.dossiers)


def _choose(fits: Callable[[DossierView], bool]) -> Do:
    return Do(lambda turn: turn.remember("ref", _newest(turn, fits)))


def _said(draft: Draft) -> str:
    return " ".join(part for part in (draft.words, draft.answer) if part)


def _keep_words(turn: Turn) -> None:
    turn.remember("words", _said(turn.draft))
    turn.remember("answer", "")


def _send(turn: Turn) -> None:
    draft = turn.draft
    text = _said(draft) or f"photos: {draft.photos}"
    turn.do(MoveDossier(draft.ref, "text:answer", text))


def _withdraw(turn: Turn) -> None:
    turn.do(MoveDossier(turn.draft.ref, "tap:withdraw"))


show = Do(lambda turn: turn.do(ShowDossiers()))
overtaken = (say("error.overtaken"), show)


def _looking(on: str, *last: Do) -> tuple[Move, ...]:
    """The rows of having a look: at a question that is open, at the list, or at an end."""
    return (
        Move(S.LIST, on, S.NONE, when=nothing),
        Move(S.LIST, on, S.ANSWER, (_choose(_asked), show), asked),
        Move(S.LIST, on, S.SEEN, (show,), nothing_to_do),
        Move(S.LIST, on, None, (show, *last)),
    )


def _sending(at: S, on: str) -> tuple[Move, ...]:
    """The rows of an answer: on to the officer, unless she has gone on without it."""
    return (
        Move(at, on, S.ANSWERED, (Do(_send),), still_asked),
        Move(at, on, S.LIST, overtaken),
    )


flow = Flow(
    name=NAME,
    version=1,
    order=6,
    intents=("dossier_status",),
    command="hoso",
    states=S,
    start=S.LIST,
    draft=Draft,
    masks={"ref": "typed", "photos": "typed"},
    looks=dict.fromkeys((S.LIST, S.ANSWER, S.MORE, S.WITHDRAW), ("dossiers",)),
    extra=(
        "dossier_line",
        "dossier_asks",
        "dossier_closed",
        "dossier_refused",
        *(f"kind.{kind}" for kind in GRAPHS),
        *(f"reason.{reason}" for reason in REASONS),
        *(f"state.{state}" for state in STATES),
    ),
    asks={
        S.ANSWER: Ask(checks.free_text, keep="answer"),
        S.MORE: Ask(checks.free_text, keep="answer"),
    },
    moves=(
        *_looking(BEGIN),
        Move(S.LIST, WITHDRAW, S.NONE, when=nothing),
        Move(S.LIST, WITHDRAW, S.SEEN, (show,), nothing_to_do),
        Move(S.LIST, WITHDRAW, S.WITHDRAW, (_choose(_mine),)),
        *_looking(SHOW, say("again.list")),
        Move(S.LIST, tap("done"), S.LEFT),
        Move(S.WITHDRAW, tap("take_back"), S.WITHDRAWN, (Do(_withdraw),), still_open),
        Move(S.WITHDRAW, tap("take_back"), S.LIST, overtaken),
        Move(S.WITHDRAW, tap("leave_it"), S.LIST, (show,)),
        # A photo and its words often come together; the words wait for it once.
        Move(S.ANSWER, OK, S.MORE, (Do(_keep_words), say("photo_coming")), on_its_way),
        *_sending(S.ANSWER, OK),
        *_sending(S.MORE, OK),
        *_sending(S.MORE, SEND),
        *photo_moves(S.ANSWER, S.MORE),
        *photo_moves(S.MORE),
        Move((S.ANSWER, S.MORE, S.WITHDRAW), common.BACK, S.LIST, (show,)),
        *common.moves((S.ANSWER, S.MORE, S.WITHDRAW), cancelled=S.CANCELLED, person=S.PERSON),
        # Nothing is lost by leaving a list, so nobody is asked whether to.
        Move(S.LIST, common.PERSON, S.PERSON, (common.hand_over,)),
        Move(S.LIST, common.CANCEL, S.LEFT),
        Move(S.LIST, common.STOP, S.LEFT),
    ),
    ends=frozenset({S.ANSWERED, S.WITHDRAWN, S.SEEN, S.NONE, S.LEFT, S.CANCELLED, S.PERSON}),
)
