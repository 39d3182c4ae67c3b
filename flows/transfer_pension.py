"""Ask that a pension or monthly benefit be paid in another province, by form 14-HSB.

How it is paid there is settled in the same request. Nothing leaves before a fresh code; the
office that pays now decides. It refuses to guess a province: of two names it takes none.
"""

from enum import StrEnum

from flows import advice, checks, declaring, paying
from flows.model import tap
from flows.path import Path, Stop
from flows.table import Ask, Choose, SummaryLine

PURPOSE, KIND = "transfer_pension", "pension_place"
BENEFITS = ("pension", "allowance")
METHODS = ("as_now", "account", "cash")
BESIDE = ("stays", "vneid")  # buttons that lead to advice alone


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    BENEFIT = "benefit"
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
    PROVINCE = "province"
    AGENCY = "agency"
    METHOD = "method"
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
    """What is paid, where it shall be paid from now on, and how."""

    benefit: str = ""
    province: str = ""
    agency: str = ""


path = Path(
    (
        Stop(S.BENEFIT, ("benefit",)),
        *paying.before(S),
        Stop(S.PROVINCE, ("province",)),
        Stop(S.AGENCY, ("agency",)),
        Stop(S.METHOD, ("method",)),
        *paying.stops(S),
    ),
    then=S.CHECK,
    seen=declaring.seen,
)
PLACE: paying.Questions = {
    S.PROVINCE: Ask(checks.province, keep="province"),
    S.AGENCY: Ask(checks.agency, keep="agency"),
    S.METHOD: Choose("method", METHODS),
}

flow = advice.Advised(
    name=PURPOSE,
    version=1,
    order=10,
    command="chuyennoihuong",
    listed=False,
    on_second_page=True,
    states=S,
    start=S.BENEFIT,
    draft=Draft,
    extra=("dossier_open", "dossier_asked"),
    masks={"province": "typed", "agency": "typed", **paying.MASKS},
    looks={S.BENEFIT: ("dossiers",), **paying.looks(S)},
    advice=advice.TABLE[PURPOSE],
    asks={
        S.BENEFIT: Choose("benefit", BENEFITS),
        S.ADVICE: Choose("wish", ("anyway",)),
        **paying.asks(S, PURPOSE, PLACE, *map(SummaryLine, (S.BENEFIT, S.PROVINCE, S.AGENCY))),
    },
    moves=(
        advice.opening(S.BENEFIT, PURPOSE),
        *path.chosen(S.BENEFIT, *BENEFITS),
        *advice.moves(S, PURPOSE, *((S.BENEFIT, tap(it)) for it in BESIDE)),
        *path.typed(S.PROVINCE),
        *path.typed(S.AGENCY),
        *path.chosen(S.METHOD, *METHODS),
        *paying.moves(S, path, PURPOSE, KIND),
    ),
    ends=paying.ends(S),
)
