"""Recover a forgotten VssID password.

The citizen names the account and the phone or e-mail on file; a code goes there, and a
new password follows to the same contact, never to the chat. An account or a contact
that the registry does not know walks the same path and never receives a code, so the
chat does not tell who is insured.
"""

from enum import StrEnum

import msgspec

from flows import advice, checks, common
from flows.effects import IssuePassword, Notice, SendPasswordLink, SetPassword
from flows.model import OK, code, read, tap, web
from flows.table import Ask, AskCode, AskHuman, Choose, Do, Move, Turn, say

PURPOSE, NAME = "recover_password", "forgot_password"


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONSENT = "consent"
    ADVICE = "advice"
    NUMBER = "number"
    CARD = "card"
    CONTACT = "contact"
    HUMAN = "human"
    CODE = "code"
    PAGE = "page"
    DONE = "done"
    CHOSEN = "chosen"
    NOT_NEEDED = "not_needed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    NOTHING_ON_FILE = "nothing_on_file"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """What the citizen has told us: 10- or 12-digit number, E.164 phone or e-mail.

    The rest is what `advice.Advised` keeps.
    """

    account: str = ""
    contact: str = ""
    advised: str = ""
    asked_at: str = ""
    wish: str = ""


def _issue(turn: Turn) -> None:
    turn.do(IssuePassword(turn.draft.account, turn.draft.contact))
    turn.do(Notice("password_recovered", turn.draft.account))


def _send_link(turn: Turn) -> None:
    turn.do(SendPasswordLink(turn.draft.account, turn.draft.contact))


def _set(turn: Turn) -> None:
    turn.do(SetPassword(turn.draft.account))
    turn.do(Notice("password_recovered", turn.draft.account))


def _offer_email(turn: Turn) -> None:
    if turn.facts.on_file is not None and not turn.facts.on_file.email:
        turn.say("add_email")


def by_link(turn: Turn) -> bool:
    """Passwords are chosen on a one-time page rather than sent."""
    return turn.facts.password_by == "link"


def _send_link_again(turn: Turn) -> None:
    _send_link(turn)
    turn.say("resent_link")


send_link_again = Do(_send_link_again, ("resent_link",), sends=("code",))
offer_email = Do(_offer_email, ("add_email",))
contact_known = common.before_code(
    S.CONTACT, OK, code_at=S.CODE, paused=S.PAUSED, human_at=S.HUMAN
)
number_known = (Move(S.NUMBER, OK, S.CONTACT),)

flow = advice.Advised(
    name=NAME,
    version=4,
    order=1,
    command="quenmatkhau",
    states=S,
    start=S.CONSENT,
    draft=Draft,
    masks={"account": "account", "contact": "contact"},
    advice=advice.TABLE[NAME],
    asks={
        S.ADVICE: Choose("wish", ("anyway",)),
        S.NUMBER: Ask(checks.account_number, keep="account"),
        S.CONTACT: Ask(checks.contact, keep="contact", share_phone=True),
        S.HUMAN: AskHuman(),
        S.CODE: AskCode(PURPOSE),
    },
    moves=(
        Move(S.CONSENT, tap("yes"), S.NUMBER, (common.consent(NAME, granted=True),)),
        Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(NAME, granted=False),)),
        *advice.moves(S, NAME, (S.CONSENT, tap("vneid"))),
        *common.keep(S.NUMBER, number_known),
        *number_known,
        Move(S.NUMBER, read("card"), S.CARD),
        Move(S.CARD, tap("yes"), S.CONTACT),
        Move(S.CARD, tap("no"), S.NUMBER),
        *common.keep(S.CONTACT, contact_known),
        *contact_known,
        Move(S.CONTACT, tap("none"), S.NOTHING_ON_FILE),
        *common.human_moves(S.HUMAN, code_at=S.CODE, paused=S.PAUSED),
        Move(S.CODE, code("right"), S.PAGE, (Do(_send_link),), by_link),
        Move(S.CODE, code("right"), S.DONE, (Do(_issue), offer_email)),
        *common.code_moves(S.CODE, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID),
        Move(S.PAGE, web("chosen"), S.CHOSEN, (Do(_set), offer_email)),
        Move(S.PAGE, common.RESEND, None, (send_link_again,), common.may_send),
        Move(S.PAGE, common.RESEND, None, (say("error.wait_resend"),), common.must_wait),
        Move(S.PAGE, common.RESEND, S.PAUSED),
        *common.back(S.NUMBER, (S.CONTACT, S.CARD), (S.CODE, S.HUMAN)),
        *common.moves(
            (S.CONSENT, S.ADVICE, S.NUMBER, S.CARD, S.CONTACT, S.HUMAN, S.CODE, S.PAGE),
            cancelled=S.CANCELLED,
            person=S.PERSON,
        ),
    ),
    ends=frozenset(
        {
            S.DONE,
            S.CHOSEN,
            S.NOT_NEEDED,
            S.REFUSED,
            S.CANCELLED,
            S.NOTHING_ON_FILE,
            S.PAUSED,
            S.LOCKED,
            S.VOID,
            S.PERSON,
        }
    ),
    extra=(
        "sms.code",
        "email.code.subject",
        "email.code.text",
        "sms.password",
        "email.password.subject",
        "email.password.text",
        "sms.page",
        "email.page.subject",
        "email.page.text",
        "sms.password_recovered",
        "email.password_recovered.subject",
        "email.password_recovered.text",
        "chat.password_recovered",
        "sms.failed_tries",
        "email.failed_tries.subject",
        "email.failed_tries.text",
        "chat.failed_tries",
    ),
)
