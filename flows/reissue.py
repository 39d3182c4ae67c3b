"""Ask for a new social insurance book or health insurance card.

First it is seen whether a paper is needed at all; then the account is proved, and only what the
registry does not hold is asked. Nothing leaves before a fresh code. It decides nothing: an
officer does.
"""

from enum import StrEnum

from flows import advice, checks, common, declaring, proving
from flows.effects import OpenDossier
from flows.model import ON_FILE, ON_FILE_EMAIL, code, tap
from flows.path import Path, Stop, both, holds, no_words, photo_moves, put, word_moves
from flows.table import Ask, AskCode, AskLine, Choose, Do, Move, SummaryLine, Turn, say

PURPOSE = "reissue"
THINGS = ("book", "card")
E_CARDS = ("vssid", "vneid", "chip")  # what stands for a card of paper
NOTES = ("agreed", "pictured", "no_id")  # for the talk, not for the officer


class S(StrEnum):
    """Where the conversation stands; each state waits for what it is named after."""

    THING = "thing"
    SCREEN = "screen"
    ADVICE = "advice"
    CAUSE = "cause"
    DATA = "data"
    CHANGES = "changes"
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
    ID = "id"
    SEX = "sex"
    PEOPLE = "people"
    NATION = "nation"
    PHOTO = "photo"
    DELIVERY = "delivery"
    ADDRESS = "address"
    CHECK_BOOK = "check_book"
    CHECK_CARD = "check_card"
    CODE = "code"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOCKED = "locked"
    VOID = "void"
    PERSON = "person"


class Draft(declaring.Answers, frozen=True):
    """What is asked for and why, the account, the answers of the form, where the result goes.

    screen: what stands for the card. advised, asked_at, wish: as `advice.Advised` says.
    proven: the account that was proved; reply: where the last code goes.
    file: of a photo that is just coming in; pictured: no more will.
    """

    thing: str = ""
    screen: str = ""
    advised: str = ""
    asked_at: str = ""
    wish: str = ""
    cause: str = ""
    data: str = ""
    changes: str = ""
    agreed: str = ""
    account: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    reply: str = ON_FILE
    by: str = ""
    proven: str = ""
    file: str = ""
    sent: int = 0
    photos: int = 0
    pictured: str = ""
    delivery: str = ""
    address: str = ""


def unproved(draft: Draft) -> bool:
    """The account that is named now is not the one that was proved."""
    return not draft.proven or draft.proven != draft.account


card, book = holds("thing", "card"), holds("thing", "book")
changed, unchanged = both(book, holds("data", "changed")), both(book, holds("data", "same"))
damaged, by_post = holds("cause", "damaged"), holds("delivery", "post")

path = Path(
    (
        Stop(S.THING, ("thing",)),
        Stop(S.SCREEN, ("screen",), card),
        Stop(S.ADVICE, ("wish",), holds("wish", "paper", "anyway")),
        Stop(S.CAUSE, ("cause",)),
        Stop(S.DATA, ("data",), book),
        Stop(S.CHANGES, ("changes",), changed),
        Stop(S.CONSENT, ("agreed",), returns=False),
        Stop(S.NUMBER, (), unproved, returns=False),
        *declaring.stops(S),
        Stop(S.PHOTO, ("pictured",), damaged),
        Stop(S.DELIVERY, ("delivery",)),
        Stop(S.ADDRESS, ("address",), by_post),
        Stop(S.CHECK_CARD, (), card, returns=False),
    ),
    then=S.CHECK_BOOK,
    seen=declaring.seen,
)
SUMMARY = AskLine(
    (
        SummaryLine(S.CAUSE),
        SummaryLine(S.DATA, unchanged),
        SummaryLine(S.CHANGES, changed),
        *declaring.lines(S),
        SummaryLine(S.PHOTO, damaged),
        SummaryLine(S.DELIVERY, holds("delivery", "office")),
        SummaryLine(S.ADDRESS, by_post),
    )
)


def _note(turn: Turn) -> None:
    declaring.note_known(turn)
    turn.remember("proven", turn.draft.account)
    # Whoever could read the e-mail alone gets the last code there, too.
    turn.remember("reply", ON_FILE_EMAIL if turn.state == S.PROOF_MAIL else ON_FILE)


def _open(turn: Turn) -> None:
    draft = turn.draft
    names = (name for stop in path.stops if stop.fits(draft) for name in stop.keeps)
    form = {name: getattr(draft, name) for name in names if name not in NOTES}
    if damaged(draft):
        form["photos"] = str(draft.photos)
    kept = {name: value for name, value in form.items() if value}
    turn.do(OpenDossier(f"reissue_{draft.thing}", draft.account, kept))


def nothing_yet(turn: Turn) -> bool:
    """It is not known what is asked for."""
    return not turn.draft.thing


def is_card(turn: Turn) -> bool:
    """A card is asked for."""
    return card(turn.draft)


send_submit = common.send("submit")
agree, pictured = put("agreed", "yes"), put("pictured", "yes")
summaries = {S.CHECK_BOOK: tap("submit_book"), S.CHECK_CARD: tap("submit_card")}
wait = (say("error.wait_resend"),)

ENDS = frozenset({S.DONE, S.NOT_NEEDED, *common.ends(S)})

flow = advice.Advised(
    name="reissue",
    version=2,
    order=4,
    intents=("reissue_book", "reissue_card"),
    command="caplai",
    states=S,
    start=S.THING,
    draft=Draft,
    # What the form says of a nationality that was not named; what is said of an open request.
    extra=("viet_nam", "dossier_open", "dossier_asked"),
    masks={
        "account": "account",
        "contact": "contact",
        "reply": "contact",
        "changes": "typed",
        "photos": "typed",
        "address": "typed",
        **declaring.MASKS,
    },
    looks=dict.fromkeys((S.THING, S.CODE), ("dossiers",)),
    advice=advice.TABLE[PURPOSE],
    asks={
        S.THING: Choose("thing", THINGS),
        S.SCREEN: Choose("screen", (*E_CARDS, "none")),
        S.ADVICE: Choose("wish", ("paper", "anyway")),
        S.CAUSE: Choose("cause", ("lost", "damaged")),
        S.DATA: Choose("data", ("same", "changed")),
        S.CHANGES: Ask(checks.free_text, keep="changes"),
        **proving.asks(S),
        **declaring.asks(S),
        S.PHOTO: Ask(no_words, keep="file"),
        S.DELIVERY: Choose("delivery", ("office", "post")),
        S.ADDRESS: Ask(checks.postal_address, keep="address"),
        S.CHECK_BOOK: SUMMARY,
        S.CHECK_CARD: SUMMARY,
        S.CODE: AskCode(PURPOSE, slot="submit", to="reply"),
    },
    moves=(
        *(advice.said(S.ADVICE, S.THING, tap(it), PURPOSE) for it in (*THINGS, "wrong_data")),
        *(advice.said(S.ADVICE, S.SCREEN, tap(it), PURPOSE) for it in E_CARDS),
        *path.chosen(S.THING, *THINGS),
        *path.chosen(S.SCREEN, *E_CARDS, "none"),
        Move(S.ADVICE, advice.ANYWAY, S.THING, when=nothing_yet),
        *path.onward(S.ADVICE, advice.ANYWAY, behind=S.THING),
        *path.chosen(S.ADVICE, "paper"),
        Move(S.ADVICE, advice.ENOUGH, S.NOT_NEEDED),
        *path.chosen(S.CAUSE, "lost", "damaged"),
        *path.chosen(S.DATA, "same", "changed"),
        *path.typed(S.CHANGES),
        *path.onward(S.CONSENT, tap("yes"), common.consent(PURPOSE, granted=True), agree),
        Move(S.CONSENT, tap("no"), S.REFUSED, (common.consent(PURPOSE, granted=False),)),
        *proving.moves(
            S, lambda at, on: path.onward(at, on, Do(_note), behind=S.NUMBER), again=False
        ),
        *declaring.moves(S, path),
        *photo_moves(S.PHOTO),
        *path.onward(S.PHOTO, tap("done"), pictured),
        *path.onward(S.PHOTO, tap("skip"), pictured),
        *(m for at in (S.DELIVERY, *summaries, S.CODE) for m in word_moves(at)),
        *path.chosen(S.DELIVERY, "office", "post"),
        *path.typed(S.ADDRESS),
        *(
            move
            for at, on in summaries.items()
            for move in common.before_code(
                at, on, code_at=S.CODE, paused=S.PAUSED, human_at=None, wait=wait, send=send_submit
            )
        ),
        Move(S.CODE, code("right"), S.DONE, (Do(_open),)),
        *common.code_moves(
            S.CODE, paused=S.PAUSED, locked=S.LOCKED, void=S.VOID, send=send_submit
        ),
        *path.back(),
        Move(S.CODE, common.BACK, S.CHECK_CARD, when=is_card),
        Move(S.CODE, common.BACK, S.CHECK_BOOK),
        *common.moves(
            tuple(s for s in S if s not in ENDS), cancelled=S.CANCELLED, person=S.PERSON
        ),
    ),
    ends=ENDS,
)
