"""Add an e-mail address to the account, or change the one on file.

The account is proved first; then a code goes to the new address alone. The phone and the old
address are told, and can take the change back.
"""

from enum import StrEnum

import msgspec

from flows import checks, common, proving
from flows.effects import ChangeContact, Risk
from flows.machine import Flow
from flows.model import OK, ON_FILE, ON_FILE_EMAIL, code, read, tap
from flows.table import KEEP, Ask, AskCode, AskLine, Do, Move, SummaryLine, Turn, say

PURPOSE = "add_email"


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    EMAIL = "email"
    TYPO = "typo"
    CHECK = "check"
    CODE = "code"
    DONE = "done"
    COOLING = "cooling"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The number, how the account was proved, the new address and what it may have meant."""

    account: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    by: str = ""
    email: str = ""
    suggestion: str = ""


def _suggest(turn: Turn) -> None:
    turn.remember("suggestion", checks.likely_email(turn.draft.email) or "")


def _save(turn: Turn) -> None:
    draft = turn.draft
    risk: Risk = "one_side" if draft.by == "password" else "both_sides"
    turn.do(ChangeContact(draft.account, "email", draft.email, ("new",), risk))


def cooling(turn: Turn) -> bool:
    """A contact of this account changed a moment ago (rule R19)."""
    return turn.facts.cooling


def no_ending(turn: Turn) -> bool:
    """What was typed is no whole address, such as "an@gmail"."""
    return not checks.is_whole_email(turn.draft.email)


take_suggestion = Do(lambda turn: turn.remember("email", turn.draft.suggestion))
send_new = common.send("new")
email_known = (Move(S.EMAIL, OK, S.CHECK), Move(S.EMAIL, read("typo"), S.TYPO, (Do(_suggest),)))

flow = Flow(
    name="add_email",
    version=2,
    order=2,
    command="themmail",
    states=S,
    start=S.CONSENT,
    draft=Draft,
    masks={"account": "account", "contact": "contact", "email": "typed", "suggestion": "typed"},
    looks=dict.fromkeys((S.PROOF, S.PROOF_MAIL, S.SIGN_IN, S.CODE), ("cooling",)),
    asks={
        **proving.asks(S),
        S.EMAIL: Ask(checks.new_email, keep="email"),
        S.CHECK: AskLine((SummaryLine(S.EMAIL),)),
        S.CODE: AskCode(PURPOSE, slot="new", to="email", on_file=False, twin=True, by=("email",)),
    },
    moves=(
        *common.consent_moves(S, PURPOSE, S.NUMBER),
        *proving.moves(
            S,
            lambda at, on: (Move(at, on, S.COOLING, when=cooling), Move(at, on, S.EMAIL)),
            again=True,
        ),
        Move(S.EMAIL, KEEP, S.TYPO, when=no_ending),
        *common.keep(S.EMAIL, email_known),
        *email_known,
        Move(S.TYPO, tap("fix"), S.CHECK, (take_suggestion,)),
        Move(S.TYPO, tap("as_typed"), S.EMAIL, (say("error.email_domain"),), no_ending),
        Move(S.TYPO, tap("as_typed"), S.CHECK),
        *common.before_code(
            S.CHECK, tap("save"), code_at=S.CODE, paused=S.PAUSED, human_at=None, send=send_new
        ),
        Move(S.CODE, code("right"), S.NUMBER, (say("error.lapsed"),), proving.lapsed),
        Move(S.CODE, code("right"), S.COOLING, when=cooling),
        Move(S.CODE, code("right"), S.DONE, (Do(_save),)),
        *common.code_moves(S.CODE, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_new),
        *common.back(S.EMAIL, (S.CHECK, S.TYPO), S.CODE),
        *common.moves(
            (S.CONSENT, *proving.states(S), S.EMAIL, S.TYPO, S.CHECK, S.CODE),
            cancelled=S.CANCELLED,
            person=S.PERSON,
        ),
    ),
    ends=frozenset({S.DONE, S.COOLING, *common.ends(S)}),
)
