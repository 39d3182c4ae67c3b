"""What a step needs looked up first, fetched for a whole batch at once.

Two passes: `load` reads every row that any event of the batch may need, one statement
per table; `facts_of` then answers each event from memory, in order, so that an event
sees what an earlier one of its batch has counted.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot import checking, codes, lookups, ways
from bot.budgets import Budgets
from bot.case import Case, keys_of
from bot.desk import UTC_PLUS, Desk
from bot.ledger import Ledger
from flows.model import CheckCode, CheckHuman, Facts, MaySend, OnFile, Talk, Want
from storage.base import Member, Unit

HOUR, MINUTE = 3600, 60


async def load(unit: Unit, desk: Desk, cases: Sequence[Case], ledger: Ledger, now: float) -> None:
    """Read every row the batch may need: one statement per table."""
    claiming = [case for case in cases if case.account]
    named = [case.account for case in claiming]
    named += [case.talk.proof.account for case in cases if case.talk.proof]
    # First of all, so that nobody else changes the codes of an account that is looked at here.
    ledger.members = await unit.members(named)
    keys = [key for case in claiming for both in case.challenge_keys().values() for key in both]
    for case in cases:
        if case.left:
            runs = keys_of(desk.flows[case.left.flow], case.chat, case.left.run)
            keys += [key for both in runs.values() for key in both]
    ledger.challenges = await unit.challenges(keys)
    for case in claiming:
        case.wants = _needed(case, ledger, now)
        case.subject = _subject(desk, case, ledger)
    acting = [case for case in claiming if case.wants or case.incoming.page]
    proved = [_proved_subject(desk, case.talk, ledger) for case in cases if case.talk.proof]
    ledger.load_links(await unit.links([*(case.subject for case in acting), *proved]))
    await lookups.load(unit, desk, cases, ledger, now)
    for case in acting:
        case.ways = _ways(desk, case, ledger, now)
        way = case.way
        case.budgets = way.budgets if way else _budgets(desk, case, ledger, "")
    ledger.tallies.load(await unit.tallies(list(_tally_keys(acting))))
    hashes = [bytes.fromhex(case.incoming.page) for case in cases if case.incoming.page]
    ledger.pages = await unit.pages(hashes)


def facts_of(desk: Desk, case: Case, ledger: Ledger, now: float) -> Facts:
    """The facts for one event, and the holes its texts may name."""
    settings = desk.settings
    patience = 2 if case.talk.plain else 1
    since = now - (case.row.said_at if case.row else now)
    resumed = since > settings.conversation.resume_minutes * MINUTE * patience
    checking.name_codes(desk, case, ledger, now)
    if not (case.wants or case.incoming.page or case.talk.proof):
        rules = settings.human_check.policy, settings.recovery.password
        return Facts(resumed=resumed, human_policy=rules[0], password_by=rules[1], at=now)
    code = human = None
    for want in case.wants:
        if isinstance(want, CheckCode):
            code = checking.check_code(desk, case, ledger, want, now)
        elif isinstance(want, CheckHuman):
            human = want.answer == codes.picture_digits(
                desk.keys.human, case.chat, case.talk.run, case.talk.turn
            )
    proof = proof_of(case.talk, ledger, desk, now)
    right = code and code.result == "right" and case.ways[code.slot].asked.on_file
    proved = right or bool(case.incoming.page) or (proof and proof == case.account)
    case.proved = bool(proved)
    return Facts(
        resumed=resumed,
        code=code,
        sending=checking.may_send(desk, case, ledger, now),
        human=human,
        human_policy=settings.human_check.policy,
        password_by=settings.recovery.password,
        on_file=_on_file(ledger.members.get(case.account), now) if proved else None,
        at=now,
        proof=proof,
        held=checking.held(case, ledger, now),
        **lookups.found(desk, case, ledger, now),
    )


def proof_of(talk: Talk, ledger: Ledger, desk: Desk, now: float) -> str:
    """The account this chat has proved, unless that has lapsed or was overtaken (R22, R30)."""
    proof, rules = talk.proof, desk.settings.conversation
    if proof is None:
        return ""
    patience = 2 if talk.plain else 1
    idle, whole = rules.proof_idle_minutes * MINUTE * patience, rules.proof_minutes * MINUTE
    member = ledger.members.get(proof.account)
    if now >= proof.seen + idle or now >= proof.at + whole:
        return ""
    if member is not None and member.state != "active":
        return ""
    links = ledger.links.get(_proved_subject(desk, talk, ledger), {})
    return "" if any(at > proof.at for at in links.values()) else proof.account


def _proved_subject(desk: Desk, talk: Talk, ledger: Ledger) -> bytes:
    named = talk.proof.account if talk.proof else ""
    member = ledger.members.get(named)
    return member.account if member else desk.account_index(named)


def _on_file(member: Member | None, now: float) -> OnFile | None:
    if member is None:
        return None
    person = member.person
    return OnFile(
        phone=bool(person.phone),
        email=bool(person.email),
        name=bool(person.full_name),
        birth_date=bool(person.birth_date),
        national_id=bool(person.national_id),
        old=bool(person.birth_date) and person.birth_date[:4] <= str(_year(now) - PLAIN_FROM),
    )


PLAIN_FROM = 65  # years of age from which texts are short by themselves (leap L2)


def _year(now: float) -> int:
    return datetime.fromtimestamp(now + UTC_PLUS, UTC).year


def _ways(desk: Desk, case: Case, ledger: Ledger, now: float) -> dict[str, ways.Way]:
    """The codes that this event is about, and those that the run has sent before."""
    sent = {want.slot for want in case.wants if isinstance(want, MaySend)}
    waits = case.flow.waits_for(case.talk.state) if case.flow else ()
    about = sent.union(each.slot for each in waits)
    found = {
        slot: _way(desk, case, slot, ways.current(both, ledger, now, sending=slot in sent), ledger)
        for slot, both in case.challenge_keys().items()
        if slot in about or both[0] in ledger.challenges or not about
    }
    for each in found.values():
        each.beside = found.get(each.asked.beside)
    return found


def _way(desk: Desk, case: Case, slot: str, key: tuple[str, int, str], ledger: Ledger) -> ways.Way:
    asked = case.flow.codes[slot] if case.flow else None
    if asked is None:
        raise LookupError(slot)
    member = ledger.members.get(case.account)
    to = ways.address(desk, getattr(case.draft, asked.to), member, case.subject)
    value = getattr(case.draft, asked.binds) if asked.binds else ""
    return ways.Way(
        asked=asked,
        key=key,
        claimed=case.account,
        account=case.subject,
        to=to,
        bound=ways.bound(desk, asked, to, value),
        again=key[2] != slot,
        budgets=_budgets(desk, case, ledger, to),
    )


def _budgets(desk: Desk, case: Case, ledger: Ledger, to: str) -> Budgets:
    linked = case.chat in ledger.links.get(case.subject, ())
    return Budgets(desk, case.chat, case.subject, to, linked=linked)


def _subject(desk: Desk, case: Case, ledger: Ledger) -> bytes:
    member = ledger.members.get(case.account)
    if member is not None:
        return member.account
    known = case.row.account if case.row and not case.names_account else None
    return known or desk.account_index(case.account)


def _needed(case: Case, ledger: Ledger, now: float) -> tuple[Want, ...]:
    """A code that has not expired is only checked: no other one will be sent for it."""
    checks = next((want for want in case.wants if isinstance(want, CheckCode)), None)
    if checks is None:
        return case.wants
    keys = case.challenge_keys()
    live = [ledger.challenges.get(ways.current(keys[s], ledger, now)) for s in checks.slots]
    if any(challenge is None or now >= challenge.expires_at for challenge in live):
        return case.wants
    return tuple(want for want in case.wants if not isinstance(want, MaySend))


def _tally_keys(cases: Sequence[Case]) -> Iterator[bytes]:
    for case in cases:
        for want in case.wants:
            if isinstance(want, MaySend):
                budgets = case.ways[want.slot].budgets
                yield from (budget.key for budget in budgets.for_sending())
            elif isinstance(want, CheckCode):
                for slot in want.slots:
                    budgets = case.ways[slot].budgets
                    yield from (budget.key for budget in budgets.for_checking())
        if case.incoming.page:
            yield from (budget.key for budget in case.budgets.for_checking())
