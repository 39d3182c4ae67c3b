"""Somebody has lost the registered phone: find the way that is left, and prepare it.

Nothing here changes a phone. With the e-mail and the password two officers look at it; otherwise
the request to cancel the account and register again is filled in, from what was typed alone.
"""

from enum import StrEnum

import msgspec

from flows import advice, checks, common, proving
from flows.effects import OpenDossier
from flows.model import OK, ON_FILE_EMAIL, code, read, tap, web
from flows.path import Path, Stop, put
from flows.table import Ask, AskHuman, AskLine, Choose, Do, Move, SummaryLine, Turn, say

PURPOSE = "lost_phone"


class S(StrEnum):
    """Where the conversation stands: the triage, the review, the new registration, the ends."""

    SIM = "sim"
    PASSWORD = "password"
    EMAIL = "email"
    OFFICE = "office"
    ADVICE = "advice"
    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    PHONE = "phone"
    CHECK = "check"
    REVIEW = "review"
    NAME = "name"
    CLAIM = "claim"
    NEW_PHONE = "new_phone"
    WHERE = "where"
    FORM = "form"
    REREGISTER = "reregister"
    CARRIER = "carrier"
    NOT_NEEDED = "not_needed"
    COOLING = "cooling"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """What is left to the citizen, who she says she is, the new phone and the office.

    visit: whether she can go to an office; asked only where she has to.
    proven: the account for which both the e-mail and the password were proved.
    The last three are what `advice.Advised` keeps.
    """

    sim: str = ""
    password: str = ""
    email: str = ""
    visit: str = ""
    agreed: str = ""
    account: str = ""
    mail: str = ON_FILE_EMAIL
    by: str = ""
    proven: str = ""
    phone: str = ""
    full_name: str = ""
    office: str = ""
    advised: str = ""
    asked_at: str = ""
    wish: str = ""


def _open_review(turn: Turn) -> None:
    draft = turn.draft
    form = {"phone": draft.phone, "sim": draft.sim}
    turn.do(OpenDossier("phone_review", draft.account, form))


def _open_reregister(turn: Turn) -> None:
    draft = turn.draft
    names = ("full_name", "account", "phone", "office", "sim", "password", "email", "visit")
    form = {name: value for name in names if (value := getattr(draft, name))}
    turn.do(OpenDossier("reregister", draft.account, form, proved=False))


def agreed(turn: Turn) -> bool:
    """The consent question was answered before."""
    return bool(turn.draft.agreed)


def may_be_reviewed(turn: Turn) -> bool:
    """Both the e-mail and the password are there, so no office need be visited."""
    return not turn.draft.visit


def remembers(turn: Turn) -> bool:
    """The password is not forgotten."""
    return bool(turn.draft.password == "remembers")


def cooling(turn: Turn) -> bool:
    """A contact of this account changed a moment ago (rule R19)."""
    return turn.facts.cooling


def phone_known(turn: Turn) -> bool:
    """The new phone was typed before."""
    return bool(turn.draft.phone)


def proved_twice(turn: Turn) -> bool:
    """The e-mail and the password of this very account, a moment ago."""
    return bool(proving.proved(turn) and turn.draft.proven == turn.draft.account)


note_proven = Do(lambda turn: turn.remember("proven", turn.draft.account))
send_mail = common.send(proving.BY_MAIL.slot)
ENDS = frozenset({S.REVIEW, S.REREGISTER, S.CARRIER, S.NOT_NEEDED, S.COOLING, *common.ends(S)})
number_known = common.before_code(
    S.NUMBER, OK, code_at=S.PROOF_MAIL, paused=S.PAUSED, human_at=S.HUMAN, send=send_mail
)
again = Path(
    (
        Stop(S.NAME, ("full_name",)),
        Stop(S.CLAIM, ("account",)),
        Stop(S.NEW_PHONE, ("phone",)),
        Stop(S.WHERE, ("office",)),
    ),
    then=S.FORM,
)
triage = (
    advice.opening(S.SIM, PURPOSE),
    Move(S.SIM, tap("sim_again"), S.CARRIER),
    Move(S.SIM, tap("sim_gone"), S.PASSWORD),
    Move(S.PASSWORD, tap("remembers"), S.EMAIL),
    Move(S.PASSWORD, tap("forgot"), S.OFFICE),
    Move(S.EMAIL, tap("reads"), S.NUMBER, (put("visit", ""),), agreed),
    Move(S.EMAIL, tap("reads"), S.CONSENT, (put("visit", ""),)),
    Move(S.EMAIL, tap("no_email"), S.OFFICE),
    Move(S.OFFICE, tap("can_go"), S.NAME, when=agreed),
    Move(S.OFFICE, tap("can_go"), S.CONSENT),
    Move(S.OFFICE, tap("cannot_go"), S.NAME, (say("no_visit"),), agreed),
    Move(S.OFFICE, tap("cannot_go"), S.CONSENT, (say("no_visit"),)),
    *advice.moves(
        S,
        PURPOSE,
        (S.SIM, tap("works")),
        (S.PASSWORD, tap("signs_in")),
        (S.OFFICE, tap("has_email")),
    ),
)
agree = (common.consent(PURPOSE, granted=True), put("agreed", "yes"))
consent = (
    Move(S.CONSENT, tap("yes"), S.NUMBER, agree, may_be_reviewed),
    Move(S.CONSENT, tap("yes"), S.NAME, agree),
    Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(PURPOSE, granted=False),)),
)
review = (
    *common.keep(S.NUMBER, number_known),
    *number_known,
    Move(S.NUMBER, read("card"), S.CARD),
    *(Move(S.CARD, tap("yes"), m.to, m.do, m.when) for m in number_known),
    Move(S.CARD, tap("no"), S.NUMBER),
    *common.human_moves(S.HUMAN, code_at=S.PROOF_MAIL, paused=S.PAUSED, send=send_mail),
    Move(S.PROOF_MAIL, code("right"), S.SIGN_IN, (proving.offer_sign_in,)),
    *common.code_moves(
        S.PROOF_MAIL, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_mail
    ),
    Move(S.SIGN_IN, web("proved"), S.COOLING, (proving.by_password,), cooling),
    Move(S.SIGN_IN, web("proved"), S.CHECK, (proving.by_password, note_proven), phone_known),
    Move(S.SIGN_IN, web("proved"), S.PHONE, (proving.by_password, note_proven)),
    Move(S.SIGN_IN, common.RESEND, None, (proving.offer_sign_in, say("step.sign_in"))),
    Move((S.PROOF_MAIL, S.SIGN_IN), tap("cannot"), S.OFFICE),
    *common.keep(S.PHONE, (Move(S.PHONE, OK, S.CHECK),)),
    Move(S.PHONE, OK, S.CHECK),
    Move(S.CHECK, tap("ask_review"), S.REVIEW, (Do(_open_review),), proved_twice),
    Move(S.CHECK, tap("ask_review"), S.NUMBER, (say("error.lapsed"),)),
)
register_again = (
    *again.typed(S.NAME),
    *again.typed(S.CLAIM),
    *again.onward(S.CLAIM, read("card")),
    *again.typed(S.NEW_PHONE),
    *again.typed(S.WHERE),
    Move(S.FORM, tap("ask_office"), S.REREGISTER, (Do(_open_reregister),)),
)
going_back = (
    Move(S.PASSWORD, common.BACK, S.SIM),
    Move(S.EMAIL, common.BACK, S.PASSWORD),
    Move(S.OFFICE, common.BACK, S.EMAIL, when=remembers),
    Move(S.OFFICE, common.BACK, S.PASSWORD),
    Move(S.CONSENT, common.BACK, S.EMAIL, when=may_be_reviewed),
    Move(S.CONSENT, common.BACK, S.OFFICE),
    Move(S.NUMBER, common.BACK, S.EMAIL),
    Move((S.CARD, S.HUMAN, S.PROOF_MAIL, S.SIGN_IN), common.BACK, S.NUMBER),
    Move(S.CHECK, common.BACK, S.PHONE),
    Move(S.NAME, common.BACK, S.OFFICE),
    *again.back(),
)

flow = advice.Advised(
    name="lost_phone",
    version=2,
    order=5,
    command="matsim",
    states=S,
    extra=("dossier_open", "dossier_asked"),
    start=S.SIM,
    draft=Draft,
    masks={"account": "number", "phone": "contact", "full_name": "typed", "office": "typed"},
    looks={S.SIGN_IN: ("cooling",), **dict.fromkeys((S.SIM, S.CHECK, S.FORM), ("dossiers",))},
    advice=advice.TABLE[PURPOSE],
    asks={
        S.SIM: Choose("sim", ("sim_again", "sim_gone")),
        S.PASSWORD: Choose("password", ("remembers", "forgot")),
        S.EMAIL: Choose("email", ("reads", "no_email")),
        S.OFFICE: Choose("visit", ("can_go", "cannot_go")),
        S.ADVICE: Choose("wish", ("anyway",)),
        # Before the review, so that no correction made here leads into it.
        S.NAME: Ask(checks.full_name, keep="full_name"),
        S.CLAIM: Ask(checks.account_number, keep="account"),
        S.NEW_PHONE: Ask(checks.vn_mobile, keep="phone", share_phone=True),
        S.WHERE: Ask(checks.free_text, keep="office"),
        S.FORM: AskLine(tuple(SummaryLine(stop.at) for stop in again.stops)),
        S.NUMBER: Ask(checks.account_number, keep="account"),
        S.HUMAN: AskHuman(),
        S.PROOF_MAIL: proving.BY_MAIL,
        S.PHONE: Ask(checks.vn_mobile, keep="phone", share_phone=True),
        S.CHECK: AskLine((SummaryLine(S.PHONE),)),
    },
    moves=(
        *triage,
        *consent,
        *review,
        *register_again,
        *going_back,
        *common.moves(
            tuple(s for s in S if s not in ENDS), cancelled=S.CANCELLED, person=S.PERSON
        ),
    ),
    ends=ENDS,
)
