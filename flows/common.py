"""What every procedure shares: leave, go back, ask for a person, and the life of a code."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flows.effects import GiveConsent, HandOver, Notice, SendCode, ShowPicture, VoidCodes
from flows.model import OK, code, human, tap
from flows.table import KEEP, Do, Move, Turn, say

BACK = tap("back")
CANCEL = tap("cancel")
STOP = tap("stop")
GO_ON = tap("go_on")
PERSON = tap("person")
MENU = tap("menu")
RESEND = tap("resend")
LATER = tap("later")
DROP = tap("drop")
PLAIN = tap("plain")
FULL = tap("full")
REPEAT = tap("repeat")
MESSAGE = tap("message")
SERVICES = tap("services")
LEFT = "typed:message"


def _ask_leave(turn: Turn) -> None:
    turn.say("leave")
    turn.offer = (GO_ON, STOP)


def send(*slots: str) -> Do:
    """An action that sends the codes of these slots, each to where its question says."""

    def _send(turn: Turn) -> None:
        for slot in slots:
            asked, draft = turn.flow.codes[slot], turn.draft
            to = getattr(draft, asked.to)
            turn.do(SendCode(slot, asked.purpose, draft.account, to))

    return Do(_send, sends=slots)


ask_leave = Do(_ask_leave, ("leave",))
void_codes = Do(lambda turn: turn.do(VoidCodes()))
hand_over = Do(lambda turn: turn.do(HandOver(turn.state)))
send_code = send("code")
show_picture = Do(lambda turn: turn.do(ShowPicture(in_words=False)))
show_words = Do(lambda turn: turn.do(ShowPicture(in_words=True)), ("picture_words",))
report_failure = Do(lambda turn: turn.do(Notice("failed_tries", turn.draft.account)))
WAIT = (say("error.wait"),)


def consent_moves(s: Any, purpose: str, then: StrEnum) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows of the consent question (C02); `s` has CONSENT and REFUSED."""
    return (
        Move(s.CONSENT, tap("yes"), then, (consent(purpose, granted=True),)),
        Move(s.CONSENT, tap("no"), s.REFUSED, (consent(purpose, granted=False),)),
    )


def ends(s: Any) -> frozenset[str]:  # noqa: ANN401 - the procedure's own states
    """The ends that every procedure with codes has."""
    return frozenset({s.REFUSED, s.CANCELLED, s.PAUSED, s.LOCKED, s.VOID, s.PERSON})


def consent(purpose: str, *, granted: bool) -> Do:
    """An action that records the answer to a consent question."""
    return Do(lambda turn: turn.do(GiveConsent(purpose, granted)))


def may_send(turn: Turn) -> bool:
    """Every budget allows one more code."""
    return turn.facts.sending is not None and turn.facts.sending.granted


def just_sent(turn: Turn) -> bool:
    """The same code left a moment ago and is still on its way."""
    return turn.facts.sending is not None and turn.facts.sending.alive


def must_wait(turn: Turn) -> bool:
    """Some code left for this contact a moment ago; the next one may in a minute."""
    return turn.facts.sending is not None and turn.facts.sending.soon


def needs_human(turn: Turn) -> bool:
    """A code may be sent, but the policy wants to see a human being first."""
    policy = turn.facts.human_policy
    near = turn.facts.sending is not None and turn.facts.sending.near
    return may_send(turn) and (policy == "always" or (policy == "near" and near))


def moves(open_: Sequence[StrEnum], *, cancelled: StrEnum, person: StrEnum) -> tuple[Move, ...]:
    """The rows of every procedure: cancel (asked once), stop, and a person."""
    states = tuple(open_)
    return (
        Move(states, PERSON, person, (hand_over,)),
        Move(states, CANCEL, None, (ask_leave,)),
        Move(states, STOP, cancelled, (void_codes,)),
    )


def back(*path: StrEnum | tuple[StrEnum, ...]) -> tuple[Move, ...]:
    """Going back along `path`: each entry returns to the first state of the one before it."""
    rows = []
    for earlier, later in pairwise(path):
        to = earlier[0] if isinstance(earlier, tuple) else earlier
        rows.append(Move(later, BACK, to))
    return tuple(rows)


def keep(at: StrEnum, answered: Sequence[Move]) -> tuple[Move, ...]:
    """The rows of "keep my earlier answer": the same as answering it again."""
    return tuple(
        Move(at, KEEP, move.to, move.do, move.when)
        for move in answered
        if move.on == OK and at in move.sources
    )


def before_code(
    at: StrEnum,
    on: str,
    *,
    code_at: StrEnum,
    paused: StrEnum,
    human_at: StrEnum | None,
    wait: tuple[Do, ...] = WAIT,
    send: Do = send_code,
) -> tuple[Move, ...]:
    """The rows of an answer after which a code is sent, or the human check asked first."""
    check = (Move(at, on, human_at, (show_picture,), needs_human),) if human_at else ()
    return (
        Move(at, on, code_at, when=just_sent),
        *check,
        Move(at, on, code_at, (send,), may_send),
        Move(at, on, None, wait, must_wait),
        Move(at, on, paused, (void_codes,)),
    )


def human_moves(
    at: StrEnum, *, code_at: StrEnum, paused: StrEnum, send: Do = send_code
) -> tuple[Move, ...]:
    """The rows of the human check: a picture, or its digits in words."""
    right, wait = human("right"), (say("error.wait_human"), show_picture)
    return (
        *before_code(
            at, right, code_at=code_at, paused=paused, human_at=None, wait=wait, send=send
        ),
        Move(at, human("wrong"), None, (say("error.human"), show_picture)),
        Move(at, tap("words"), None, (show_words,)),
    )


def code_moves(
    at: StrEnum | tuple[StrEnum, ...],
    *,
    paused: StrEnum,
    locked: StrEnum,
    void: StrEnum,
    send: Do = send_code,
) -> tuple[Move, ...]:
    """The rows of a code other than the right one: wrong, old, expired, spent, send again."""
    expired = code("expired")
    return (
        Move(at, code("wrong"), None, (say("error.code_wrong"),)),
        Move(at, code("old"), None, (say("error.code_old"),)),
        Move(at, code("spent"), locked, (report_failure,)),
        Move(at, code("void"), void),
        Move(at, expired, None, (send, say("error.code_expired")), may_send),
        Move(at, expired, None, (say("error.expired_wait"),), must_wait),
        Move(at, expired, paused, (void_codes,)),
        *resend_moves(at, RESEND, paused=paused, send=send),
    )


def resend_moves(
    at: StrEnum | tuple[StrEnum, ...], on: str, *, paused: StrEnum, send: Do
) -> tuple[Move, ...]:
    """The rows of "send it again", within the limits."""
    return (
        Move(at, on, None, (send, say("resent")), may_send),
        Move(at, on, None, (say("error.soon"),), just_sent),
        Move(at, on, None, (say("error.wait_resend"),), must_wait),
        Move(at, on, paused, (void_codes,)),
    )
