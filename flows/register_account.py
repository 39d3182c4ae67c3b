"""Register for e-transactions: for oneself, or for a child by a parent who proves an own account.

Nobody who registers can be proved yet, so the code only shows that the contact answers; a number
that has an account walks the same way as one that has none. It opens nothing: an officer does.
"""

from enum import StrEnum

import msgspec

from flows import advice, checks, common, proving
from flows.effects import OpenDossier
from flows.model import ON_FILE, ON_FILE_EMAIL, code, read, tap
from flows.path import Path, Stop, both, holds, put
from flows.registrant import birth_moves, number_moves
from flows.table import Ask, AskCode, AskHuman, AskLine, Choose, Do, Move, SummaryLine, Turn, say

PURPOSE = "register_account"
OWN = ("account", "full_name", "birth_date", "national_id", "reach", "office")
CHILD = ("child_number", "child_name", "child_birth", "relation", "reach", "office")


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    WHO = "who"
    CONSENT = "consent"
    OWN_NUMBER = "own_number"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    NAME = "name"
    BIRTH = "birth"
    ID = "id"
    CHILD_NUMBER = "child_number"
    CHILD_NAME = "child_name"
    CHILD_BIRTH = "child_birth"
    RELATION = "relation"
    REACH = "reach"
    OFFICE = "office"
    CHECK = "check"
    PICTURE = "picture"
    CODE = "code"
    DONE = "done"
    DONE_CHILD = "done_child"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """For whom; the own number, or the account that a parent proves; what the form asks.

    numbered: the own number was given. proven: the account that was proved.
    reach: the phone or e-mail that is registered. no_id: there is no citizen ID.
    """

    who: str = ""
    agreed: str = ""
    account: str = ""
    numbered: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    by: str = ""
    proven: str = ""
    full_name: str = ""
    birth_date: str = ""
    national_id: str = ""
    no_id: str = ""
    child_number: str = ""
    child_name: str = ""
    child_birth: str = ""
    relation: str = ""
    reach: str = ""
    office: str = ""


def unproved(draft: Draft) -> bool:
    """The account that is named now is not the one that was proved."""
    return not draft.proven or draft.proven != draft.account


def for_oneself(turn: Turn) -> bool:
    """Nobody was proved, so the policy decides whether to see a human being first."""
    return own(turn.draft) and common.needs_human(turn)


def is_child(turn: Turn) -> bool:
    """It is a child that is registered."""
    return child(turn.draft)


def parent_lapsed(turn: Turn) -> bool:
    """The parent's proof is too long ago."""
    return child(turn.draft) and proving.lapsed(turn)


def _submit(kind: str, names: tuple[str, ...], *, proved: bool) -> Do:
    def submit(turn: Turn) -> None:
        draft = turn.draft
        form = {name: value for name in names if (value := getattr(draft, name))}
        turn.do(OpenDossier(kind, draft.account, form, proved=proved))

    return Do(submit)


own, child = holds("who", "own"), holds("who", "child")
note_proven = Do(lambda turn: turn.remember("proven", turn.draft.account))
path = Path(
    (
        Stop(S.WHO, ("who",)),
        Stop(S.CONSENT, ("agreed",), returns=False),
        Stop(S.OWN_NUMBER, ("numbered",), own),
        Stop(S.NUMBER, (), both(child, unproved), returns=False),
        Stop(S.NAME, ("full_name",), own),
        Stop(S.BIRTH, ("birth_date",), own),
        Stop(S.ID, ("national_id", "no_id"), own),
        Stop(S.CHILD_NUMBER, ("child_number",), child),
        Stop(S.CHILD_NAME, ("child_name",), child),
        Stop(S.CHILD_BIRTH, ("child_birth",), child),
        Stop(S.RELATION, ("relation",), child),
        Stop(S.REACH, ("reach",)),
        Stop(S.OFFICE, ("office",)),
    ),
    then=S.CHECK,
)
LINES = (S.OWN_NUMBER, S.NAME, S.BIRTH)
CHILD_LINES = (S.CHILD_NUMBER, S.CHILD_NAME, S.CHILD_BIRTH, S.RELATION)
SUMMARY = AskLine(
    (
        *(SummaryLine(at, own) for at in LINES),
        SummaryLine(S.ID, both(own, lambda draft: bool(draft.national_id))),
        *(SummaryLine(at, child) for at in CHILD_LINES),
        SummaryLine(S.REACH),
        SummaryLine(S.OFFICE),
    )
)
RELATIONS = ("father", "mother", "guardian")
SEND = tap("send_registration")
NEW = AskCode(PURPOSE, slot="new", to="reach", on_file=False, anyone=True, twin=True)
send_new = common.send(NEW.slot)
lapsed = (say("error.lapsed"),)
no_number = (put("national_id", ""), put("no_id", "yes"))
ENDS = frozenset({S.DONE, S.DONE_CHILD, *common.ends(S)})

flow = advice.Advised(
    name=PURPOSE,
    version=1,
    order=11,
    command="dangky",
    listed=False,
    on_second_page=True,
    states=S,
    start=S.WHO,
    draft=Draft,
    extra=("dossier_open", "dossier_asked"),
    masks={
        "account": "number",
        "contact": "contact",
        "full_name": "typed",
        "birth_date": "typed",
        "national_id": "number",
        "child_number": "number",
        "child_name": "typed",
        "child_birth": "typed",
        "reach": "contact",
        "office": "typed",
    },
    looks=dict.fromkeys((S.WHO, S.CODE), ("dossiers",)),
    advice=advice.TABLE[PURPOSE],
    asks={
        S.WHO: Choose("who", ("own", "child")),
        **proving.asks(S),
        # Behind the proof's, so that a number that is mended later is one's own first of all.
        S.OWN_NUMBER: Ask(checks.account_number, keep="account"),
        S.NAME: Ask(checks.full_name, keep="full_name"),
        S.BIRTH: Ask(checks.birth_date, keep="birth_date"),
        S.ID: Ask(checks.national_id, keep="national_id"),
        S.CHILD_NUMBER: Ask(checks.account_number, keep="child_number"),
        S.CHILD_NAME: Ask(checks.full_name, keep="child_name"),
        S.CHILD_BIRTH: Ask(checks.birth_date, keep="child_birth"),
        S.RELATION: Choose("relation", RELATIONS),
        S.REACH: Ask(checks.contact, keep="reach", share_phone=True),
        S.OFFICE: Ask(checks.free_text, keep="office"),
        S.CHECK: SUMMARY,
        S.PICTURE: AskHuman(),
        S.CODE: NEW,
    },
    moves=(
        advice.opening(S.WHO, PURPOSE),
        *path.chosen(S.WHO, "own", "child"),
        *path.onward(
            S.CONSENT, tap("yes"), common.consent(PURPOSE, granted=True), put("agreed", "yes")
        ),
        Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(PURPOSE, granted=False),)),
        *number_moves(path, S.OWN_NUMBER, "account", given="numbered"),
        *proving.moves(
            S, lambda at, on: path.onward(at, on, note_proven, behind=S.NUMBER), again=False
        ),
        *path.typed(S.NAME),
        *birth_moves(path, S.BIRTH, "birth_date"),
        *path.typed(S.ID, put("no_id", "")),
        Move(S.ID, read("old"), None, (put("national_id", ""), say("error.id_old"))),
        *path.onward(S.ID, tap("no_id"), *no_number),
        *number_moves(path, S.CHILD_NUMBER, "child_number", own="account"),
        *path.typed(S.CHILD_NAME),
        *birth_moves(path, S.CHILD_BIRTH, "child_birth", child=True),
        *path.chosen(S.RELATION, *RELATIONS),
        *path.typed(S.REACH),
        *path.typed(S.OFFICE),
        Move(S.CHECK, SEND, S.NUMBER, lapsed, parent_lapsed),
        Move(S.CHECK, SEND, S.PICTURE, (common.show_picture,), for_oneself),
        *common.before_code(
            S.CHECK,
            SEND,
            code_at=S.CODE,
            paused=S.PAUSED,
            human_at=None,
            wait=(say("error.wait_send"),),
            send=send_new,
        ),
        *common.human_moves(S.PICTURE, code_at=S.CODE, paused=S.PAUSED, send=send_new),
        Move(S.CODE, code("right"), S.NUMBER, lapsed, parent_lapsed),
        Move(
            S.CODE,
            code("right"),
            S.DONE_CHILD,
            (_submit("register_child", CHILD, proved=True),),
            is_child,
        ),
        Move(S.CODE, code("right"), S.DONE, (_submit("register", OWN, proved=False),)),
        *common.code_moves(S.CODE, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_new),
        *path.back(),
        Move((S.PICTURE, S.CODE), common.BACK, S.CHECK),
        *common.moves(
            tuple(s for s in S if s not in ENDS), cancelled=S.CANCELLED, person=S.PERSON
        ),
    ),
    ends=ENDS,
)
