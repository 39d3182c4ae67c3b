"""How a benefit is paid out: in cash, or into the beneficiary's own bank account.

Shared by the requests that settle it. The holder's name has to be the one the registry has, but
for accents and capitals; it is compared elsewhere, and only for an account that was proved. The
number is typed twice, since it is never shown in full. A contact that has just changed, or a
request that is open, ends it before a word of all that is asked.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from flows import checks, common, declaring, proving
from flows.dossier import ENDS as CLOSED
from flows.effects import OpenDossier
from flows.model import OK, ON_FILE, ON_FILE_EMAIL, code, read, tap
from flows.path import Path, Stop, both, holds, put
from flows.table import Ask, AskCode, AskLine, Do, Draft, Move, Question, Turn, say
from flows.table import SummaryLine as Line

Questions = dict[str, Question]
NOTES = ("agreed",)  # for the talk, not for the officer
STATE = ("cooling", "dossiers")  # of an account


class Answers(declaring.Answers, frozen=True):
    """What a draft holds of it, and of what comes before: consent, account and its proof.

    again: the bank's number once more. proven: the account that was proved; reply: where the
    last code goes. advised, asked_at, wish: as `advice.Advised` says.
    """

    agreed: str = ""
    advised: str = ""
    asked_at: str = ""
    wish: str = ""
    account: str = ""
    contact: str = ON_FILE
    mail: str = ON_FILE_EMAIL
    reply: str = ON_FILE
    by: str = ""
    proven: str = ""
    method: str = ""
    holder: str = ""
    bank: str = ""
    bank_account: str = ""
    again: str = ""


MASKS = {
    "account": "account",
    "contact": "contact",
    "reply": "contact",
    "full_name": "typed",
    "birth_date": "typed",
    "holder": "typed",
    "bank": "typed",
    "bank_account": "bank",
}
by_bank = holds("method", "account")
nameless = both(declaring.lacks("name"), lambda draft: not by_bank(draft))


def unproved(draft: Draft) -> bool:
    """The account that is named now is not the one that was proved."""
    return not draft.proven or draft.proven != draft.account


def differs(draft: Draft) -> bool:
    """The bank's number was not typed the same way twice."""
    return bool(draft.again != draft.bank_account)


def before(s: Any) -> tuple[Stop, ...]:  # noqa: ANN401 - the procedure's own states
    """Consent, account, and what its form needs of the person; `s` has the states."""
    return (
        Stop(s.CONSENT, ("agreed",), returns=False),
        Stop(s.NUMBER, (), unproved, returns=False),
        Stop(s.NAME, ("full_name",), nameless),
        Stop(s.BIRTH, ("birth_date",), declaring.lacks("birth_date")),
    )


def stops(s: Any) -> tuple[Stop, ...]:  # noqa: ANN401
    """The questions about a bank account."""
    return (
        Stop(s.HOLDER, ("holder",), by_bank),
        Stop(s.BANK, ("bank",), by_bank),
        Stop(s.BANK_ACCOUNT, ("bank_account",), by_bank),
        Stop(s.AGAIN, (), both(by_bank, differs)),
    )


def asks(s: Any, purpose: str, own: Questions, *first: Line) -> Questions:  # noqa: ANN401
    """The questions from the proof on, `own` before the bank's; `first`: lines of the summary."""
    return {
        **proving.asks(s),
        s.NAME: Ask(checks.full_name, keep="full_name"),
        s.BIRTH: Ask(checks.birth_date, keep="birth_date"),
        **own,
        s.HOLDER: Ask(checks.holder_name, keep="holder"),
        s.BANK: Ask(checks.bank_name, keep="bank"),
        s.BANK_ACCOUNT: Ask(checks.bank_account, keep="bank_account"),
        s.AGAIN: Ask(checks.bank_account_again, keep="again"),
        s.CHECK: AskLine((*first, *_lines(s))),
        s.CODE: AskCode(purpose, slot="submit", to="reply"),
    }


def looks(s: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401
    """What must be looked up, and where."""
    proves = dict.fromkeys((s.NUMBER, s.CARD, s.PROOF, s.PROOF_MAIL, s.SIGN_IN), STATE)
    return {s.HOLDER: ("owner",), s.CODE: ("owner", *STATE), **proves}


def moves(s: Any, path: Path, purpose: str, kind: str) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows from the consent to the end, but for those of the procedure's own questions."""
    agree = common.consent(purpose, granted=True)
    return (
        *path.onward(s.CONSENT, tap("yes"), agree, put("agreed", "yes")),
        Move(s.CONSENT, tap("no"), s.REFUSED, (common.consent(purpose, granted=False),)),
        *proving.moves(s, _after_proof(s, path, kind), again=False),
        *path.typed(s.NAME),
        *declaring.birth_moves(s, path),
        *_bank_moves(s, path),
        *_last_moves(s, path, kind),
        *path.back(),
        Move(s.BIRTH_YEAR, common.BACK, s.BIRTH),
        Move(s.CODE, common.BACK, s.CHECK),
        *common.moves(
            tuple(at for at in s if at not in ends(s)), cancelled=s.CANCELLED, person=s.PERSON
        ),
    )


def ends(s: Any) -> frozenset[str]:  # noqa: ANN401
    """The ends, with those that every procedure with codes has."""
    return common.ends(s) | {s.DONE, s.NOT_NEEDED, s.AT_OFFICE, s.COOLING, s.ALREADY}


def _lines(s: Any) -> tuple[Line, ...]:  # noqa: ANN401
    return (
        Line(s.NAME, nameless),
        Line(s.BIRTH, declaring.lacks("birth_date")),
        Line(s.METHOD),
        Line(s.HOLDER, by_bank),
        Line(s.BANK, by_bank),
        Line(s.BANK_ACCOUNT, by_bank),
    )


def _after_proof(s: Any, path: Path, kind: str) -> proving.Onward:  # noqa: ANN401
    return lambda at, on: (
        Move(at, on, s.COOLING, when=cooling),
        Move(at, on, s.ALREADY, when=_is_open(kind)),
        *path.onward(at, on, Do(_note), behind=s.NUMBER),
    )


def _bank_moves(s: Any, path: Path) -> tuple[Move, ...]:  # noqa: ANN401
    held = (
        Move(s.HOLDER, OK, s.AT_OFFICE, when=_owner("unnamed")),
        Move(s.HOLDER, OK, None, (_forget("holder"), say("error.holder_other")), _owner("other")),
        *path.onward(s.HOLDER, OK),
    )
    differ = (_forget("bank_account", "again"), say("error.bank_differ"))
    return (
        *common.keep(s.HOLDER, held),
        *held,
        *path.typed(s.BANK),
        Move(s.BANK, read("other"), s.BANK_SURE),
        *path.onward(s.BANK_SURE, tap("bank_right"), behind=s.BANK),
        Move(s.BANK_SURE, tap("bank_wrong"), s.BANK),
        Move(s.BANK_SURE, common.BACK, s.BANK),
        *path.typed(s.BANK_ACCOUNT),
        Move(s.AGAIN, OK, s.BANK_ACCOUNT, differ, typed_differently),
        *path.onward(s.AGAIN, OK),
    )


def _last_moves(s: Any, path: Path, kind: str) -> tuple[Move, ...]:  # noqa: ANN401
    send, right = common.send("submit"), code("right")
    wait = (say("error.wait_resend"),)
    not_mine = (_forget("holder"), say("error.holder_other"))
    return (
        *common.before_code(
            s.CHECK, tap("submit"), code_at=s.CODE, paused=s.PAUSED, human_at=None, wait=wait,
            send=send,
        ),
        Move(s.CODE, right, s.COOLING, when=cooling),
        Move(s.CODE, right, s.ALREADY, when=_is_open(kind)),
        Move(s.CODE, right, s.AT_OFFICE, when=_owner("unnamed")),
        Move(s.CODE, right, s.DONE, (Do(_opens(path, kind)),), payable),
        Move(s.CODE, right, s.HOLDER, not_mine),
        *common.code_moves(s.CODE, paused=s.PAUSED, locked=s.LOCKED, void=s.VOID, send=send),
    )  # fmt: skip


def cooling(turn: Turn) -> bool:
    """A contact changed so lately that its new holder may not move money yet (R19)."""
    return turn.facts.cooling


def typed_differently(turn: Turn) -> bool:
    """The number was not the same the second time."""
    return differs(turn.draft)


def payable(turn: Turn) -> bool:
    """Cash, or an account that is known to be the beneficiary's own."""
    return not by_bank(turn.draft) or turn.facts.owner == "same"


def _owner(word: str) -> Callable[[Turn], bool]:
    def is_so(turn: Turn) -> bool:
        return bool(by_bank(turn.draft)) and turn.facts.owner == word

    return is_so


def _is_open(kind: str) -> Callable[[Turn], bool]:
    def is_open(turn: Turn) -> bool:
        open_ = (it for it in turn.facts.dossiers if it.mine and it.state not in CLOSED)
        return any(each.kind == kind for each in open_)

    return is_open


def _forget(*names: str) -> Do:
    empty = dict.fromkeys(names, "")
    return Do(lambda turn: setattr(turn, "draft", replace(turn.draft, **empty)))


def _note(turn: Turn) -> None:
    declaring.note_known(turn)
    turn.remember("proven", turn.draft.account)
    # Whoever could read the e-mail alone gets the last code there, too.
    turn.remember("reply", ON_FILE_EMAIL if turn.state == "proof_mail" else ON_FILE)


def _opens(path: Path, kind: str) -> Callable[[Turn], None]:
    def opens(turn: Turn) -> None:
        draft = turn.draft
        names = (name for stop in path.stops if stop.fits(draft) for name in stop.keeps)
        form = {name: getattr(draft, name) for name in names if name not in NOTES}
        kept = {name: value for name, value in form.items() if value}
        turn.do(OpenDossier(kind, draft.account, kept))

    return opens
