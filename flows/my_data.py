"""One's own data: what is held, why and until when; a copy, correcting, withdrawing, erasing.

Told to whoever has proved the account. A copy and the erasing need a fresh code that was sent for
just that. What is on file is shown by effects; the flow never sees it.
"""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from flows import common, proving
from flows.effects import EraseData, ExportData, GiveConsent, ShowData
from flows.machine import Flow
from flows.model import ON_FILE, ON_FILE_EMAIL, code, tap
from flows.table import AskCode, Do, Move, Turn, say

NAME = "my_data"
HELD = (
    "account", "messages", "officers", "photos", "requests", "changes", "proofs", "consents",
    "log",
)  # fmt: skip


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    TOLD = "told"
    AGREED = "agreed"
    EXPORT = "export"
    EXPORT_MAIL = "export_mail"
    ERASE = "erase"
    ERASE_CODE = "erase_code"
    ERASE_MAIL = "erase_mail"
    EXPORTED = "exported"
    ERASED = "erased"
    LEFT = "left"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """The account and how it was proved; `purpose`: what the shown consent was given for."""

    account: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    by: str = ""
    purpose: str = ""


def _later(turn: Turn) -> str:
    """The next thing that was agreed to, after the one that is shown; in a fixed order."""
    agreed = turn.facts.consents
    return next((each for each in agreed if each > turn.draft.purpose), "")


def nothing_agreed(turn: Turn) -> bool:
    """No consent stands."""
    return not turn.facts.consents


def more_agreed(turn: Turn) -> bool:
    """There is one more consent to look at."""
    return bool(_later(turn))


def _first(turn: Turn) -> None:
    turn.remember("purpose", "")
    _next(turn)


def _next(turn: Turn) -> None:
    turn.remember("purpose", _later(turn))
    turn.say("consent_given", procedure=turn.draft.purpose)


def _withdraw(turn: Turn) -> None:
    """What was begun with that consent and left does not go on."""
    purpose = turn.draft.purpose
    turn.do(GiveConsent(purpose, granted=False))
    kept = tuple(each for each in turn.talk.parked if each.flow != purpose)
    turn.talk = replace(turn.talk, parked=kept)
    turn.say("withdrawn")


EXPORT = AskCode("export_data", slot="export", to="contact", by=("sms",))
EXPORT_MAIL = AskCode("export_data", slot="export_mail", to="mail", by=("email",))
ERASE = AskCode("erase_data", slot="erase", to="contact", by=("sms",))
ERASE_MAIL = AskCode("erase_data", slot="erase_mail", to="mail", by=("email",))

show = Do(lambda turn: turn.do(ShowData(turn.draft.account)))
first_consent, next_consent = Do(_first, ("consent_given",)), Do(_next, ("consent_given",))
withdraw = Do(_withdraw, ("withdrawn",))
once_more = say("again.told")


def _onward(at: StrEnum, on: str) -> tuple[Move, ...]:
    return (Move(at, on, S.TOLD, (common.void_codes, show)),)


def _export(slot: str) -> Do:
    return Do(lambda turn: turn.do(ExportData(turn.draft.account, slot)))


def _erase(slot: str) -> Do:
    return Do(lambda turn: turn.do(EraseData(turn.draft.account, slot)))


def _sending(at: S, on: str, to: S, asked: AskCode) -> tuple[Move, ...]:
    """The rows of what sends a fresh code."""
    wait, send = (say("error.wait_data"),), common.send(asked.slot)
    return common.before_code(
        at, on, code_at=to, paused=S.PAUSED, human_at=None, wait=wait, send=send
    )


def _coming(at: S, asked: AskCode, to: S, act: Do) -> tuple[Move, ...]:
    """The rows of that code."""
    ends = {"paused": S.PAUSED, "locked": S.LOCKED, "void": S.VOID}
    return (
        Move(at, code("right"), to, (act,)),
        *common.code_moves(at, send=common.send(asked.slot), **ends),
    )


ENDS = frozenset({S.EXPORTED, S.ERASED, S.LEFT, *common.ends(S)})

flow = Flow(
    name=NAME,
    version=1,
    order=24,
    command="dulieu",
    listed=False,
    on_second_page=True,
    states=S,
    start=S.CONSENT,
    draft=Draft,
    extra=("data_held", *(f"data.{each}" for each in HELD)),
    masks={"account": "account", "contact": "contact"},
    looks=dict.fromkeys((S.CONSENT, *proving.states(S), S.TOLD, S.AGREED), ("my_data",)),
    asks={
        **proving.asks(S),
        S.EXPORT: EXPORT,
        S.EXPORT_MAIL: EXPORT_MAIL,
        S.ERASE_CODE: ERASE,
        S.ERASE_MAIL: ERASE_MAIL,
    },
    moves=(
        Move(
            S.CONSENT,
            tap("yes"),
            S.TOLD,
            (common.consent(NAME, granted=True), show),
            when=proving.proved,
        ),
        *common.consent_moves(S, NAME, S.NUMBER),
        *proving.moves(S, _onward, again=False),
        *_sending(S.TOLD, tap("export"), S.EXPORT, EXPORT),
        Move(S.TOLD, tap("correct"), None, (say("tell.correct"), once_more)),
        Move(S.TOLD, tap("withdraw"), None, (say("tell.no_consent"), once_more), nothing_agreed),
        Move(S.TOLD, tap("withdraw"), S.AGREED, (first_consent,)),
        Move(S.TOLD, tap("erase"), S.ERASE),
        Move(S.TOLD, tap("done"), S.LEFT),
        Move(
            S.AGREED,
            tap("take_back"),
            None,
            (withdraw, next_consent, say("again.agreed")),
            more_agreed,
        ),
        Move(S.AGREED, tap("take_back"), S.TOLD, (withdraw,)),
        Move(S.AGREED, tap("next"), None, (next_consent, say("again.agreed")), more_agreed),
        Move(S.AGREED, tap("next"), S.TOLD),
        *_coming(S.EXPORT, EXPORT, S.EXPORTED, _export(EXPORT.slot)),
        *_sending(S.EXPORT, tap("by_email"), S.EXPORT_MAIL, EXPORT_MAIL),
        *_coming(S.EXPORT_MAIL, EXPORT_MAIL, S.EXPORTED, _export(EXPORT_MAIL.slot)),
        *_sending(S.ERASE, tap("erase_all"), S.ERASE_CODE, ERASE),
        *_coming(S.ERASE_CODE, ERASE, S.ERASED, _erase(ERASE.slot)),
        *_sending(S.ERASE_CODE, tap("by_email"), S.ERASE_MAIL, ERASE_MAIL),
        *_coming(S.ERASE_MAIL, ERASE_MAIL, S.ERASED, _erase(ERASE_MAIL.slot)),
        Move((S.AGREED, S.ERASE), common.BACK, S.TOLD),
        Move((S.EXPORT, S.EXPORT_MAIL), common.BACK, S.TOLD, (common.void_codes,)),
        Move((S.ERASE_CODE, S.ERASE_MAIL), common.BACK, S.ERASE, (common.void_codes,)),
        *common.moves(
            tuple(s for s in S if s not in ENDS), cancelled=S.CANCELLED, person=S.PERSON
        ),
    ),
    ends=ENDS,
)
