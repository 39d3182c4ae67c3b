"""Change the registered phone: a code to the old number and a code to the new one.

Both go at once and may be typed in either order; nothing changes until both hold. The citizen
names the old number herself, so that only who knows it can make a code go anywhere.
Two codes are stricter than the office's own practice and are this product's choice; their source
is Công văn 1705/CNTT-PM.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from flows import checks, common
from flows.effects import ChangeContact
from flows.machine import Flow
from flows.model import OK, code, read, tap
from flows.table import Ask, AskCode, AskCodes, AskHuman, Do, Move, Turn, say

PURPOSE = "change_phone"


class S(StrEnum):
    """Where the conversation stands; NEED_OLD and NEED_NEW: the other code was right."""

    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    OLD = "old"
    PHONE = "phone"
    HUMAN = "human"
    BOTH = "both"
    NEED_OLD = "need_old"
    NEED_NEW = "need_new"
    DONE = "done"
    COOLING = "cooling"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The account, the number that is registered and the one that shall be, in E.164."""

    account: str = ""
    contact: str = ""
    phone: str = ""


OLD = AskCode(
    PURPOSE, slot="old", to="contact", binds="phone", twin=True, beside="new", by=("sms",)
)
NEW = AskCode(
    "new_phone",
    slot="new",
    to="phone",
    on_file=False,
    binds="contact",
    twin=True,
    beside="old",
    by=("sms",),
)


def _change(turn: Turn) -> None:
    draft = turn.draft
    slots = (OLD.slot, NEW.slot)
    turn.do(ChangeContact(draft.account, "phone", draft.phone, slots, "both_sides"))


def _go_to_lost_phone(turn: Turn) -> None:
    turn.next = "lost_phone"


def _forget(turn: Turn) -> None:
    turn.remember("phone", "")


def same(turn: Turn) -> bool:
    """The new number is the old one."""
    return bool(turn.draft.phone == turn.draft.contact)


def cooling(turn: Turn) -> bool:
    """A contact of this account changed a moment ago (rule R19)."""
    return turn.facts.cooling


def was(slot: str) -> Callable[[Turn], bool]:
    """The code that was typed is that of the old, or of the new number."""

    def typed(turn: Turn) -> bool:
        return turn.facts.code is not None and turn.facts.code.slot == slot

    typed.__name__ = f"the_{slot}_one"
    return typed


def both_hold(turn: Turn) -> bool:
    """Both codes of this run were right and have not expired."""
    return turn.facts.held >= {OLD.slot, NEW.slot}


def _wait_for(at: S, asked: AskCode, other: S, lapsed: str) -> tuple[Move, ...]:
    """The rows of a state in which one code is right and `asked` is still missing."""
    right, again = code("right"), common.send(asked.slot)
    return (
        Move(at, right, S.COOLING, when=cooling),
        Move(at, right, S.DONE, (Do(_change),), both_hold),
        Move(at, right, other, (say(lapsed),)),
        *common.code_moves(at, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=again),
        Move(at, common.BACK, S.PHONE),
    )


send_both = common.send(OLD.slot, NEW.slot)
phone_known = (
    Move(S.PHONE, OK, None, (Do(_forget), say("error.same_phone")), same),
    *common.before_code(
        S.PHONE, OK, code_at=S.BOTH, paused=S.PAUSED, human_at=S.HUMAN, send=send_both
    ),
)
number_known = (Move(S.NUMBER, OK, S.OLD),)
old_known = (Move(S.OLD, OK, S.PHONE),)

flow = Flow(
    name="change_phone",
    version=1,
    order=3,
    command="doisdt",
    states=S,
    start=S.CONSENT,
    draft=Draft,
    masks={"account": "account", "contact": "contact", "phone": "contact"},
    looks=dict.fromkeys((S.NEED_OLD, S.NEED_NEW), ("cooling",)),
    asks={
        S.NUMBER: Ask(checks.account_number, keep="account"),
        S.OLD: Ask(checks.vn_mobile, keep="contact", share_phone=True),
        S.PHONE: Ask(checks.vn_mobile, keep="phone", share_phone=True),
        S.HUMAN: AskHuman(),
        S.BOTH: AskCodes((OLD, NEW)),
        S.NEED_OLD: OLD,
        S.NEED_NEW: NEW,
    },
    moves=(
        *common.consent_moves(S, PURPOSE, S.NUMBER),
        *common.keep(S.NUMBER, number_known),
        *number_known,
        Move(S.NUMBER, read("card"), S.CARD),
        Move(S.CARD, tap("yes"), S.OLD),
        Move(S.CARD, tap("no"), S.NUMBER),
        *common.keep(S.OLD, old_known),
        *old_known,
        Move(S.OLD, tap("lost"), None, (Do(_go_to_lost_phone),)),
        *common.keep(S.PHONE, phone_known),
        *phone_known,
        *common.human_moves(S.HUMAN, code_at=S.BOTH, paused=S.PAUSED, send=send_both),
        Move(S.BOTH, code("right"), S.NEED_NEW, when=was(OLD.slot)),
        Move(S.BOTH, code("right"), S.NEED_OLD, when=was(NEW.slot)),
        *common.code_moves(S.BOTH, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_both),
        *common.resend_moves(
            S.BOTH, tap("resend_old"), paused=S.PAUSED, send=common.send(OLD.slot)
        ),
        *common.resend_moves(
            S.BOTH, tap("resend_new"), paused=S.PAUSED, send=common.send(NEW.slot)
        ),
        *_wait_for(S.NEED_OLD, OLD, S.NEED_NEW, "error.new_lapsed"),
        *_wait_for(S.NEED_NEW, NEW, S.NEED_OLD, "error.old_lapsed"),
        *common.back(S.NUMBER, (S.OLD, S.CARD), S.PHONE, (S.BOTH, S.HUMAN)),
        *common.moves(
            (S.CONSENT, S.NUMBER, S.CARD, S.OLD, S.PHONE, S.HUMAN, S.BOTH, S.NEED_OLD, S.NEED_NEW),
            cancelled=S.CANCELLED,
            person=S.PERSON,
        ),
    ),
    hidden=frozenset({common.CANCEL, common.STOP, f"{S.BOTH} {common.RESEND}"}),
    ends=frozenset({S.DONE, S.COOLING, *common.ends(S)}),
)
