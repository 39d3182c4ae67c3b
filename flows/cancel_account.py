"""Close one's own VssID account: not at once, and not before something better was offered.

Most people who ask for it have lost a phone or want a new number. Whoever goes on reads what is
lost and types a code that was sent for just this; it proves the account, which is closed 72 hours
later unless somebody undoes it. Nothing here opens one again: an office does.
"""

from enum import StrEnum

import msgspec

from flows import advice, checks, common
from flows.effects import CancelAccount
from flows.model import ON_FILE, ON_FILE_EMAIL, code, read, tap
from flows.path import Path, Stop, holds, put
from flows.table import Ask, AskCode, AskHuman, AskLine, Choose, Do, Move, SummaryLine, Turn, say

PURPOSE = "cancel_account"
ADVISED = ("lost", "new_number", "forgot", "misused")
REASONS = (*ADVISED, "unused", "other")


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    WHY = "why"
    ADVICE = "advice"
    REASON = "reason"
    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    CHECK = "check"
    HUMAN = "human"
    CODE = "code"
    CODE_MAIL = "code_mail"
    DONE = "done"
    COOLING = "cooling"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """Why, in a word of the list or in own ones; the account, and where its codes go.

    numbered: the account was named. advised, asked_at, wish: as `advice.Advised` says.
    """

    why: str = ""
    words: str = ""
    advised: str = ""
    asked_at: str = ""
    wish: str = ""
    agreed: str = ""
    account: str = ""
    numbered: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL


def own_words(draft: Draft) -> bool:
    """The reason is not on the list."""
    return draft.why == "other"


def listed_reason(draft: Draft) -> bool:
    """The reason is one of the list."""
    return draft.why != "other"


def cooling(turn: Turn) -> bool:
    """Of late the account was changed, opened again, or asked to be closed (rule R19)."""
    return turn.facts.cooling


def _close(slot: str) -> Do:
    def close(turn: Turn) -> None:
        draft = turn.draft
        words = draft.words if own_words(draft) else ""
        turn.do(CancelAccount(draft.account, draft.why, words, slot))

    return Do(close)


def _last(at: StrEnum, asked: AskCode) -> tuple[Move, ...]:
    """The rows of the code that closes the account."""
    return (
        Move(at, code("right"), S.COOLING, when=cooling),
        Move(at, code("right"), S.DONE, (_close(asked.slot),)),
        *common.code_moves(
            at, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=common.send(asked.slot)
        ),
    )


path = Path(
    (
        Stop(S.WHY, ("why",)),
        Stop(S.ADVICE, ("wish",), holds("wish", "anyway")),
        Stop(S.REASON, ("words",), own_words),
        Stop(S.CONSENT, ("agreed",), returns=False),
        Stop(S.NUMBER, ("numbered",)),
    ),
    then=S.CHECK,
)
CLOSE = AskCode(PURPOSE, slot="close", to="contact", by=("sms",))
CLOSE_MAIL = AskCode(PURPOSE, slot="close_mail", to="mail", by=("email",))
send_close, send_mail = common.send(CLOSE.slot), common.send(CLOSE_MAIL.slot)
numbered = put("numbered", "yes")
ENDS = frozenset({S.DONE, S.COOLING, *common.ends(S)})

flow = advice.Advised(
    name=PURPOSE,
    version=1,
    order=12,
    command="huytaikhoan",
    listed=False,
    on_second_page=True,
    states=S,
    start=S.WHY,
    draft=Draft,
    masks={
        "account": "number",
        "contact": "contact",
        "words": "typed",
    },
    looks=dict.fromkeys((S.CODE, S.CODE_MAIL), ("cooling",)),
    advice=advice.TABLE[PURPOSE],
    asks={
        S.WHY: Choose("why", REASONS),
        S.ADVICE: Choose("wish", ("anyway",)),
        S.REASON: Ask(checks.free_text, keep="words"),
        S.NUMBER: Ask(checks.account_number, keep="account"),
        S.CHECK: AskLine((SummaryLine(S.WHY, listed_reason), SummaryLine(S.REASON, own_words))),
        S.HUMAN: AskHuman(),
        S.CODE: CLOSE,
        S.CODE_MAIL: CLOSE_MAIL,
    },
    moves=(
        *(advice.said(S.ADVICE, S.WHY, tap(why), PURPOSE) for why in ADVISED),
        *path.chosen(S.WHY, *REASONS),
        *path.onward(S.ADVICE, advice.ANYWAY, behind=S.WHY),
        *path.typed(S.REASON),
        *path.onward(
            S.CONSENT, tap("yes"), common.consent(PURPOSE, granted=True), put("agreed", "yes")
        ),
        Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(PURPOSE, granted=False),)),
        *path.typed(S.NUMBER, numbered),
        Move(S.NUMBER, read("card"), S.CARD),
        *path.onward(S.CARD, tap("yes"), numbered, behind=S.NUMBER),
        Move(S.CARD, tap("no"), S.NUMBER),
        *common.before_code(
            S.CHECK,
            tap("close_account"),
            code_at=S.CODE,
            paused=S.PAUSED,
            human_at=S.HUMAN,
            wait=(say("error.wait_close"),),
            send=send_close,
        ),
        *common.human_moves(S.HUMAN, code_at=S.CODE, paused=S.PAUSED, send=send_close),
        *_last(S.CODE, CLOSE),
        *common.before_code(
            S.CODE,
            tap("by_email"),
            code_at=S.CODE_MAIL,
            paused=S.PAUSED,
            human_at=None,
            wait=(say("error.wait_resend"),),
            send=send_mail,
        ),
        *_last(S.CODE_MAIL, CLOSE_MAIL),
        Move(S.CARD, common.BACK, S.NUMBER),
        Move((S.HUMAN, S.CODE, S.CODE_MAIL), common.BACK, S.CHECK),
        *path.back(),
        *common.moves(
            tuple(s for s in S if s not in ENDS), cancelled=S.CANCELLED, person=S.PERSON
        ),
    ),
    ends=ENDS,
)
