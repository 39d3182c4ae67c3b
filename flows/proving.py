"""Proof of account, shared by every procedure that needs it (C04).

A code goes to the contact on file, never shown; or the account's password is typed on a one-time
page, for somebody who no longer holds that contact. What was proved a moment ago in this chat
need not be proved again, unless the procedure changes a contact.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flows import checks, common
from flows.effects import OfferSignIn
from flows.model import OK, code, read, tap, web
from flows.table import Ask, AskCode, AskHuman, Do, Move, Question, Turn, say

BY_PHONE = AskCode("prove_account", slot="proof", to="contact", twin=True, by=("sms",))
BY_MAIL = AskCode("prove_account", slot="proof_mail", to="mail", twin=True, by=("email",))
Onward = Callable[[StrEnum, str], tuple[Move, ...]]


def asks(s: Any) -> dict[str, Question]:  # noqa: ANN401 - the procedure's own states
    """The questions of the proof; `s` has NUMBER, CARD, HUMAN, PROOF, PROOF_MAIL, SIGN_IN."""
    return {
        s.NUMBER: Ask(checks.account_number, keep="account"),
        s.HUMAN: AskHuman(),
        s.PROOF: BY_PHONE,
        s.PROOF_MAIL: BY_MAIL,
    }


def moves(s: Any, onward: Onward, *, again: bool) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows of the proof; `onward` makes those that follow it.

    again: a proof of some minutes ago is not enough, since a contact will change.
    Of `s` come also PAUSED, LOCKED and VOID. The draft has account, contact = ON_FILE,
    mail = ON_FILE_EMAIL and by.
    """
    first, mail = common.send(BY_PHONE.slot), common.send(BY_MAIL.slot)
    known = () if again else tuple(_if(move, proved) for move in onward(s.NUMBER, OK))
    number = (
        *known,
        *common.before_code(
            s.NUMBER, OK, code_at=s.PROOF, paused=s.PAUSED, human_at=s.HUMAN, send=first
        ),
    )
    by_mail = tap("by_email")
    ends = {"paused": s.PAUSED, "locked": s.LOCKED, "void": s.VOID}
    return (
        *common.keep(s.NUMBER, number),
        *number,
        Move(s.NUMBER, read("card"), s.CARD),
        *_from(s.CARD, tap("yes"), number),
        Move(s.CARD, tap("no"), s.NUMBER),
        *common.human_moves(s.HUMAN, code_at=s.PROOF, paused=s.PAUSED, send=first),
        *_with(by_code, onward(s.PROOF, code("right"))),
        *common.code_moves(s.PROOF, send=first, **ends),
        *common.before_code(
            s.PROOF, by_mail, code_at=s.PROOF_MAIL, paused=s.PAUSED, human_at=None, send=mail
        ),
        *_with(by_code, onward(s.PROOF_MAIL, code("right"))),
        *common.code_moves(s.PROOF_MAIL, send=mail, **ends),
        Move((s.PROOF, s.PROOF_MAIL), tap("password"), s.SIGN_IN, (offer_sign_in,)),
        *_with(by_password, onward(s.SIGN_IN, web("proved"))),
        Move(s.SIGN_IN, common.RESEND, None, (offer_sign_in, say("step.sign_in"))),
        Move((s.CARD, s.PROOF, s.PROOF_MAIL, s.SIGN_IN, s.HUMAN), common.BACK, s.NUMBER),
    )


def states(s: Any) -> tuple[StrEnum, ...]:  # noqa: ANN401
    """The states of the proof that wait for something."""
    return (s.NUMBER, s.CARD, s.HUMAN, s.PROOF, s.PROOF_MAIL, s.SIGN_IN)


def proved(turn: Turn) -> bool:
    """The account was proved in this chat, and not too long ago."""
    return bool(turn.facts.proof) and turn.facts.proof == turn.draft.account


def lapsed(turn: Turn) -> bool:
    """The proof of this run is too long ago."""
    return not proved(turn)


def _note(by: str) -> Do:
    def note(turn: Turn) -> None:
        turn.proved = True
        turn.remember("by", by)

    return Do(note)


by_code, by_password = _note("code"), _note("password")
offer_sign_in = Do(lambda turn: turn.do(OfferSignIn(turn.draft.account)))


def _from(at: StrEnum, on: str, rows: tuple[Move, ...]) -> tuple[Move, ...]:
    return tuple(Move(at, on, move.to, move.do, move.when) for move in rows)


def _with(first: Do, rows: tuple[Move, ...]) -> tuple[Move, ...]:
    return tuple(Move(move.at, move.on, move.to, (first, *move.do), move.when) for move in rows)


def _if(move: Move, holds: Callable[[Turn], bool]) -> Move:
    before = move.when

    def both(turn: Turn) -> bool:
        return holds(turn) and (before is None or before(turn))

    names = (holds.__name__, before.__name__ if before else "")
    both.__name__ = "_and_".join(filter(None, names))
    return Move(move.at, move.on, move.to, move.do, both)
