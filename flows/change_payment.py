"""Ask for another way of payment, or another bank account, by form 2-CBH.

The account's owner has to be the beneficiary. Nothing leaves before a fresh code, and nothing is
paid by it: an officer decides.
"""

from enum import StrEnum

from flows import advice, declaring, paying
from flows.model import tap
from flows.path import Path, Stop
from flows.table import Choose

PURPOSE, KIND = "change_payment", "pension_payment"
METHODS = ("account", "cash")
BESIDE = ("others", "vneid")  # buttons that lead to advice alone


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    METHOD = "method"
    ADVICE = "advice"
    CONSENT = "consent"
    NUMBER = "number"
    CARD = "card"
    HUMAN = "human"
    PROOF = "proof"
    PROOF_MAIL = "proof_mail"
    SIGN_IN = "sign_in"
    NAME = "name"
    BIRTH = "birth"
    BIRTH_YEAR = "birth_year"
    HOLDER = "holder"
    BANK = "bank"
    BANK_SURE = "bank_sure"
    BANK_ACCOUNT = "bank_account"
    AGAIN = "again"
    CHECK = "check"
    CODE = "code"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    AT_OFFICE = "at_office"
    COOLING = "cooling"
    ALREADY = "already"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(paying.Answers, frozen=True):
    """How the money shall come, and whose account it is."""


path = Path(
    (
        Stop(S.METHOD, ("method",)),
        *paying.before(S),
        *paying.stops(S),
    ),
    then=S.CHECK,
    seen=declaring.seen,
)

flow = advice.Advised(
    name=PURPOSE,
    version=1,
    order=11,
    command="doihinhthuc",
    listed=False,
    on_second_page=True,
    states=S,
    start=S.METHOD,
    draft=Draft,
    extra=("dossier_open", "dossier_asked"),
    masks=paying.MASKS,
    looks={S.METHOD: ("dossiers",), **paying.looks(S)},
    advice=advice.TABLE[PURPOSE],
    asks={
        S.METHOD: Choose("method", METHODS),
        S.ADVICE: Choose("wish", ("anyway",)),
        **paying.asks(S, PURPOSE, {}),
    },
    moves=(
        advice.opening(S.METHOD, PURPOSE),
        *path.chosen(S.METHOD, *METHODS),
        *advice.moves(S, PURPOSE, *((S.METHOD, tap(it)) for it in BESIDE)),
        *paying.moves(S, path, PURPOSE, KIND),
    ),
    ends=paying.ends(S),
)
