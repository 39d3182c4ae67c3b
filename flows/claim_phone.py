"""Take over the new number that two officers granted, once the 72 hours are over.

For somebody who had lost the old number (`lost_phone`). The code goes to the new number only if
it is the one that was granted; everybody else walks the same path and never gets a code.
"""

from enum import StrEnum

import msgspec

from flows import advice, checks, common
from flows.effects import ClaimPhone
from flows.model import OK, code, read, start, tap
from flows.table import Ask, AskCode, AskHuman, Do, Move, Turn

PURPOSE = "claim_phone"


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    PHONE = "phone"
    HUMAN = "human"
    CODE = "code"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The account, and the new phone in E.164."""

    account: str = ""
    phone: str = ""


def _claim(turn: Turn) -> None:
    turn.do(ClaimPhone(turn.draft.account, turn.draft.phone, "new"))


def begun_anew(turn: Turn) -> bool:
    """The words that begin this procedure were said once more within it."""
    return turn.heard == start(PURPOSE)


send_new = common.send("new")
number_known = (Move(S.NUMBER, OK, S.PHONE),)
phone_known = common.before_code(
    S.PHONE, OK, code_at=S.CODE, paused=S.PAUSED, human_at=S.HUMAN, send=send_new
)

flow = advice.Advised(
    name="claim_phone",
    version=2,
    order=8,
    command="nhansomoi",
    listed=False,
    states=S,
    start=S.CONSENT,
    draft=Draft,
    masks={"account": "account", "phone": "contact"},
    extra=("ready", "dossier_early", "dossier_asked"),
    looks={S.CONSENT: ("dossiers",)},
    advice=advice.TABLE[PURPOSE],
    asks={
        S.NUMBER: Ask(checks.account_number, keep="account"),
        S.PHONE: Ask(checks.vn_mobile, keep="phone", share_phone=True),
        S.HUMAN: AskHuman(),
        S.CODE: AskCode(PURPOSE, slot="new", to="phone", on_file=False, granted=True, by=("sms",)),
    },
    moves=(
        advice.opening(S.CONSENT, PURPOSE),
        *common.consent_moves(S, PURPOSE, S.NUMBER),
        *common.keep(S.NUMBER, number_known),
        *number_known,
        Move(S.NUMBER, read("card"), S.CARD),
        Move(S.CARD, tap("yes"), S.PHONE),
        Move(S.CARD, tap("no"), S.NUMBER),
        *common.keep(S.PHONE, phone_known),
        *phone_known,
        *common.human_moves(S.HUMAN, code_at=S.CODE, paused=S.PAUSED, send=send_new),
        Move(S.CODE, code("right"), S.DONE, (Do(_claim),)),
        # Whoever came too early waits for a code that never left; once told, she begins anew.
        Move(S.CODE, common.GO_ON, S.CONSENT, (common.void_codes,), begun_anew),
        *common.code_moves(S.CODE, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_new),
        *common.back(S.NUMBER, (S.PHONE, S.CARD), (S.CODE, S.HUMAN)),
        *common.moves(
            (S.CONSENT, S.NUMBER, S.CARD, S.PHONE, S.HUMAN, S.CODE),
            cancelled=S.CANCELLED,
            person=S.PERSON,
        ),
    ),
    hidden=frozenset({common.CANCEL, common.STOP, f"{S.CODE} {common.GO_ON}"}),
    ends=frozenset({S.DONE, *common.ends(S)}),
)
