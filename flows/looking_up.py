"""What look-ups share: consent, proof of the account, then one thing that is on file.

What is shown is the registry's; the flow never sees it. Whoever proved the account a few minutes
ago is not asked again. It changes nothing and keeps nothing.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from flows import common, proving
from flows.effects import RECORDS, ShowRecord
from flows.machine import Flow
from flows.model import ON_FILE, ON_FILE_EMAIL, tap
from flows.table import Do, Move, Turn


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    SHOWN = "shown"
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


def look_up(name: str, *, order: int, command: str, record: str) -> Flow:
    """The procedure `name` that shows `record`, one of `RECORDS`."""
    show = Do(_showing(record))
    agree = common.consent(name, granted=True)

    def onward(at: StrEnum, on: str) -> tuple[Move, ...]:
        return (Move(at, on, S.SHOWN, (show,)),)

    return Flow(
        name=name,
        version=1,
        order=order,
        command=command,
        listed=False,
        on_second_page=True,
        states=S,
        start=S.CONSENT,
        draft=Draft,
        extra=RECORDS[record],
        masks={"account": "account", "contact": "contact"},
        asks=proving.asks(S),
        moves=(
            Move(S.CONSENT, tap("yes"), S.SHOWN, (agree, show), when=proving.proved),
            Move(S.CONSENT, tap("yes"), S.NUMBER, (agree,)),
            Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(name, granted=False),)),
            *proving.moves(S, onward, again=False),
            *common.moves((S.CONSENT, *proving.states(S)), cancelled=S.CANCELLED, person=S.PERSON),
        ),
        ends=frozenset({S.SHOWN, *common.ends(S)}),
    )


def _showing(record: str) -> Callable[[Turn], None]:
    return lambda turn: turn.do(ShowRecord(turn.draft.account, record))
