"""What some steps need looked up besides: dossiers, changes of contacts, who holds a contact.

Most events need none of it, and then it costs nothing.
"""

from collections.abc import Sequence
from typing import Any

from bot import my_data, registering
from bot.case import Case
from bot.decision import read_decision
from bot.desk import Desk
from bot.ledger import Ledger
from bot.limits import Budget
from bot.staff import may_act
from bot.ways import COOLING, GRANTED_FOR
from flows.checks import fold
from flows.heard import APPLY, DECIDE
from flows.model import CheckCode, DossierView, LookUp, MaySend
from flows.scam import judge
from storage.base import Unit

_OF_ACCOUNTS = ("dossiers", "cooling", "links")
# Far enough back for a change that was held for 72 hours and then waited to be taken up.
LONG_AGO = COOLING + GRANTED_FOR


async def load(
    unit: Unit,
    desk: Desk,
    cases: Sequence[Case],
    ledger: Ledger,
    now: float,
) -> None:
    """Read what the events of a batch need besides."""
    wanted = [(case, want) for case in cases for want in case.wants]
    asked = [(case, want) for case, want in wanted if isinstance(want, LookUp)]
    coding = [case for case, want in wanted if isinstance(want, MaySend | CheckCode)]
    looking = [case for case, want in asked if want.what in _OF_ACCOUNTS]
    accounts = {case.subject for case in (*coding, *looking) if case.subject}
    ledger.load_changes(await unit.changes_of([*accounts], now - LONG_AGO))
    news = [contact for case in coding for contact in _new_contacts(case)]
    ledger.holders = await unit.holders(news)
    if asked:
        looking = [case for case, want in asked if want.what == "dossiers"]
        ledger.load_dossiers(await unit.dossiers_from([case.chat for case in looking]))
        subjects = [case.subject for case in looking if case.subject]
        ledger.load_dossiers(await unit.dossiers_of(subjects))
        theirs = [row.account for row in ledger.dossiers.values()]
        ledger.accounts = await unit.members_of(theirs)
        marks = [desk.index("undo", want.name) for _, want in asked if want.what == "undo"]
        ledger.marked = await unit.changes_marked(marks)
    if looking := [case for case, want in asked if want.what == "my_data"]:
        await my_data.load(unit, looking, ledger)
    if asking := [case.chat for case, want in asked if want.what == "queue"]:
        ledger.waiting = await unit.hand_overs(asking)
        since = {chat: ledger.waiting[chat].at for chat in asking if chat in ledger.waiting}
        ledger.ahead = await unit.ahead([(since.get(chat, now), chat) for chat in asking])
    beside = [case for case in cases if case.heard.kind in (APPLY, DECIDE)]
    officers = [want.name for _, want in asked if want.what == "officer"]
    officers += [read_decision(it.heard.value).officer for it in beside if it.heard.kind == DECIDE]
    ledger.staff = await unit.staff(officers)
    if beside or ledger.marked:
        await _load_beside(unit, beside, ledger, now)
    guessing = [case for case, want in asked if want.what == "undo"]
    tried = [budget.key for case in guessing for budget in _guesses(desk, case)]
    ledger.tallies.load(await unit.tallies(tried))


async def _load_beside(unit: Unit, cases: Sequence[Case], ledger: Ledger, now: float) -> None:
    """Read what events need that concern an account or a dossier, not the conversation."""
    applied = [case.heard.value for case in cases if case.heard.kind == APPLY]
    ledger.changes = await unit.changes(applied)
    decided = [read_decision(it.heard.value).ref for it in cases if it.heard.kind == DECIDE]
    ledger.load_dossiers((await unit.dossiers(decided)).values())
    asked = [ledger.dossiers[ref] for ref in decided if ref in ledger.dossiers]
    ledger.members |= await unit.members(
        [n for row in asked for n in registering.identifiers(row)]
    )
    new = [change.after for change in ledger.changes.values()]
    new += [contact for row in asked for contact in registering.contacts(row)]
    new += [change.before for change in ledger.marked.values() if change.before]
    ledger.holders = {**ledger.holders, **await unit.holders(new)}
    touched = [change.account for change in (*ledger.changes.values(), *ledger.marked.values())]
    touched += [ledger.dossiers[ref].account for ref in decided if ref in ledger.dossiers]
    ledger.accounts |= await unit.members_of(touched)
    undone = [change.account for change in ledger.marked.values()]
    ledger.load_changes(await unit.changes_of(undone, now - LONG_AGO))
    ledger.load_links(await unit.links(touched))


def found(desk: Desk, case: Case, ledger: Ledger, now: float) -> dict[str, Any]:
    """The facts of this event that were looked up besides."""
    facts: dict[str, Any] = {}
    mine = case.subject if case.proved else b""
    for want in case.wants:
        if not isinstance(want, LookUp):
            continue
        if want.what == "cooling":
            facts["cooling"] = bool(ledger.changed(case.subject, now - COOLING))
        elif want.what == "dossiers":
            facts["dossiers"] = tuple(
                DossierView(row.ref, row.kind, row.state, row.version, row.account == mine)
                for row in ledger.dossiers_for(case.chat, mine)
            )
        elif want.what == "owner":
            facts["owner"] = _owner(case, ledger)
        elif want.what == "officer":
            facts["officer"] = may_act(want.name, ledger.staff, desk.settings, "attend")
        elif want.what == "pasted" and want.name:
            facts["judged"] = judge(want.name, desk.listed)
        elif want.what == "my_data":
            facts["consents"] = my_data.agreed_to(desk, case, ledger)
        elif want.what == "undo":
            facts["undo"] = _stands(desk, case, ledger, want.name, now)
    return facts


def _owner(case: Case, ledger: Ledger) -> str:
    """Whether the name that was typed is the member's; told only to whoever proved the account."""
    member = ledger.members.get(case.account)
    if member is None or not case.proved:
        return ""
    name = _letters(member.person.full_name)
    return "unnamed" if not name else "same" if name == _letters(case.draft.holder) else "other"


def _letters(name: str) -> str:
    """As a bank may write it: without accents, capitals, and signs between the letters."""
    return fold(name).replace(" ", "")


def _new_contacts(case: Case) -> list[str]:
    codes = case.flow.codes.values() if case.flow else ()
    new = [getattr(case.draft, asked.to) for asked in codes if not asked.on_file]
    return [contact for contact in new if contact]


def _stands(desk: Desk, case: Case, ledger: Ledger, code: str, now: float) -> bool:
    """Whether an undo code is one that can still be used; one that nobody was sent is counted."""
    change, budgets = ledger.marked.get(desk.index("undo", code)), _guesses(desk, case)
    if any(ledger.tallies.spent(budget, now) for budget in budgets):
        return False
    if change is None:
        for budget in budgets:
            ledger.tallies.hit(budget, now)
        return False
    return change.ended_at is None and now < change.undo_until


def _guesses(desk: Desk, case: Case) -> list[Budget]:
    """What guessed undo codes count on: the same as wrong one-time codes of this chat (R07)."""
    return desk.budgets("chat_failures", desk.index("chat", case.chat))
