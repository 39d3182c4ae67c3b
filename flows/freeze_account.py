"""Freeze an account in an emergency: nobody can change anything until an office lifts it.

Begun from anywhere. It asks for proof, so that nobody freezes somebody else's account, and it
cannot unfreeze: the account's officers do.
"""

from enum import StrEnum

import msgspec

from flows import advice, common, proving
from flows.effects import Freeze
from flows.model import ON_FILE, ON_FILE_EMAIL, tap
from flows.table import Do, Move, Turn

PURPOSE = "freeze_account"


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONFIRM = "confirm"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The account and how it was proved."""

    account: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    by: str = ""


def _freeze(turn: Turn) -> None:
    turn.do(Freeze(turn.draft.account))


def _onward(at: StrEnum, on: str) -> tuple[Move, ...]:
    return (Move(at, on, S.DONE, (Do(_freeze),)),)


flow = advice.Advised(
    name="freeze_account",
    version=2,
    order=7,
    command="khoa",
    anywhere=True,
    states=S,
    extra=("dossier_frozen",),
    start=S.CONFIRM,
    draft=Draft,
    masks={"account": "account", "contact": "contact"},
    # An account that is frozen gets a request to be opened again, one at a time.
    looks=dict.fromkeys((S.CONFIRM, *proving.states(S)), ("dossiers",)),
    advice=advice.TABLE[PURPOSE],
    asks=proving.asks(S),
    moves=(
        advice.opening(S.CONFIRM, PURPOSE),
        # One question less in an emergency: its text says which number is needed and why.
        Move(S.CONFIRM, tap("freeze"), S.NUMBER, (common.consent(PURPOSE, granted=True),)),
        Move(S.CONFIRM, tap("leave_open"), S.REFUSED, (common.consent(PURPOSE, granted=False),)),
        *proving.moves(S, _onward, again=False),
        *common.moves((S.CONFIRM, *proving.states(S)), cancelled=S.CANCELLED, person=S.PERSON),
    ),
    ends=frozenset({S.DONE, *common.ends(S)}),
)
