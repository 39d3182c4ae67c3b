"""What a step needs looked up first, fetched for a whole batch at once.

Two passes: `load` reads every row that any event of the batch may need, one statement
per table; `facts_of` then answers each event from memory, in order, so that an event
sees what an earlier one of its batch has counted.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot import codes
from bot.budgets import Budgets
from bot.case import Case
from bot.desk import Desk
from bot.ledger import Ledger
from bot.limits import latest
from flows.common import RESEND
from flows.model import (
    Allowance,
    CheckCode,
    CheckHuman,
    CodeCheck,
    Facts,
    MaySend,
    OnFile,
    Want,
)
from storage.base import Challenge, Unit


async def load(unit: Unit, desk: Desk, cases: Sequence[Case], ledger: Ledger, now: float) -> None:
    """Read every row the batch may need: one statement per table."""
    claiming = [case for case in cases if case.account]
    # First of all, so that nobody else changes the codes of an account that is looked at here.
    ledger.members = await unit.members([case.account for case in claiming])
    keys = [key for case in claiming if (key := case.challenge_key)]
    ledger.challenges = await unit.challenges(keys)
    for case in claiming:
        case.wants = _needed(case, ledger, now)
        case.subject = _subject(desk, case, ledger)
    acting = [case for case in claiming if case.wants or case.incoming.page]
    ledger.load_links(await unit.links([case.subject for case in acting]))
    for case in acting:
        linked = case.chat in ledger.links.get(case.subject, ())
        case.budgets = Budgets(desk, case.chat, case.subject, case.contact, linked=linked)
    ledger.tallies.load(await unit.tallies(list(_tally_keys(acting))))
    hashes = [bytes.fromhex(case.incoming.page) for case in cases if case.incoming.page]
    ledger.pages = await unit.pages(hashes)


def facts_of(desk: Desk, case: Case, ledger: Ledger, now: float) -> Facts:
    """The facts for one event, and the holes its texts may name."""
    settings = desk.settings
    since = now - (case.row.said_at if case.row else now)
    _name_code(desk, case, ledger, now)
    code = human = sending = None
    for want in case.wants:
        if isinstance(want, CheckCode):
            code = _check_code(desk, case, ledger, want, now)
        elif isinstance(want, MaySend):
            sending = _may_send(desk, case, ledger, now)
        elif isinstance(want, CheckHuman):
            human = want.answer == codes.picture_digits(
                desk.keys.human, case.chat, case.talk.run, case.talk.turn
            )
    member = ledger.members.get(case.account)
    proved = (code is not None and code.result == "right") or bool(case.incoming.page)
    return Facts(
        resumed=since > settings.conversation.resume_minutes * 60,
        code=code,
        sending=sending,
        human=human,
        human_policy=settings.human_check.policy,
        password_by=settings.recovery.password,
        on_file=OnFile(bool(member.person.phone), bool(member.person.email))
        if member and proved
        else None,
    )


def _check_code(desk: Desk, case: Case, ledger: Ledger, want: CheckCode, now: float) -> CodeCheck:
    challenge = _meant(desk, case, ledger, now)
    tallies, budgets = ledger.tallies, case.budgets
    if any(tallies.spent(budget, now) for budget in budgets.failures):
        case.holes["pause"] = desk.opening_time(latest(tallies, budgets.failures, now), now)
        return CodeCheck("spent")
    tries = desk.settings.codes.tries
    result, changed = codes.check(desk.keys.code, challenge, want.digits, now=now, tries=tries)
    if changed:
        ledger.put_challenge(changed)
        case.holes["left"] = str(tries - changed.tries)
        right = result.result == "right"
        proved = (trial.proved for trial in budgets.trials)
        for budget in proved if right else (*budgets.failures, budgets.streak):
            tallies.hit(budget, now)
    if result.result == "spent":
        case.holes["pause"] = desk.opening_time(_rest(desk, case, ledger, now), now)
    return result


def _rest(desk: Desk, case: Case, ledger: Ledger, now: float) -> float:
    """Until when this chat pauses on this account: longer after each failed run (R07)."""
    budgets, pauses = case.budgets, desk.settings.limits.pauses
    ledger.tallies.hit(budgets.failed_runs, now)
    failed = ledger.tallies.count(budgets.failed_runs, now)
    until = now + pauses[min(failed, len(pauses)) - 1]
    ledger.tallies.rest(budgets.resting, until)
    return until


def _may_send(desk: Desk, case: Case, ledger: Ledger, now: float) -> Allowance:
    budgets, tallies, rules = case.budgets, ledger.tallies, desk.settings.codes
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    again = latest(tallies, budgets.moment, now)
    if challenge and _fresh(desk, case, challenge, now):
        again = max(again, challenge.sent_at + rules.resend_after)
        case.holes["again"] = desk.opening_time(again, now)
        return Allowance(granted=False, soon=True, alive=True)
    asked = [*budgets.lasting]
    if begins_run(case, challenge):
        asked += budgets.run
        if not tallies.count(budgets.seen_account, now):
            asked += budgets.new_account
    free = latest(tallies, (*asked, budgets.resting), now)
    for trial in budgets.trials:
        free = max(free, trial.passes_at(tallies, now))
    # Links to the page are not codes: they are held back by the budgets alone.
    used_up = challenge and challenge.used_at is None and challenge.counter >= rules.sends
    if challenge and used_up:
        # A run that has used up its codes ends; the next one may begin at once.
        free = max(free, challenge.expires_at)
    allowed = free <= now and not used_up and not _is_over(case, ledger)
    case.holes["pause"] = desk.opening_time(max(free, again), now)
    case.holes["again"] = desk.opening_time(again, now)
    near = any(tallies.near(budget, now) for budget in (*budgets.moment, *asked))
    return Allowance(granted=allowed and again <= now, near=near, soon=allowed and again > now)


def _fresh(desk: Desk, case: Case, challenge: Challenge, now: float) -> bool:
    unused = challenge.void_at is None and challenge.used_at is None
    live = unused and now < challenge.expires_at
    just_sent = now < challenge.sent_at + desk.settings.codes.resend_after
    return _fits(desk, case, challenge) and live and just_sent


def _fits(desk: Desk, case: Case, challenge: Challenge) -> bool:
    """Whether a code was issued for the account and the contact that the draft names now."""
    to = desk.contact_index(case.contact)
    return (challenge.account, challenge.destination) == (case.subject, to)


def _meant(desk: Desk, case: Case, ledger: Ledger, now: float) -> Challenge | None:
    """The challenge that a typed code is held against; never one that proves something else.

    A code for another account or contact (R11), and any code of an account that was
    guessed at too often (R08), is counted like every other and never right.
    """
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    worn = ledger.tallies.count(case.budgets.streak, now) >= desk.settings.limits.streak
    if challenge and (worn or not _fits(desk, case, challenge)):
        return replace(challenge, decoy=True)
    return challenge


def begins_run(case: Case, challenge: Challenge | None) -> bool:
    """Whether the next code is the first one that this run asks for on this account."""
    return challenge is None or challenge.account != case.subject


def _is_over(case: Case, ledger: Ledger) -> bool:
    """Whether this run may ask for nothing more: its code was used, or others came first."""
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    if challenge is None:
        return False
    spent = challenge.used_at is not None and case.heard.kind != RESEND
    return challenge.void_at is not None or spent or overtaken(case, ledger)


def overtaken(case: Case, ledger: Ledger) -> bool:
    """Whether the account's password was changed after this run had proved itself (R22)."""
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    if challenge is None or challenge.used_at is None:
        return False
    return any(at > challenge.used_at for at in ledger.links.get(case.subject, {}).values())


def _name_code(desk: Desk, case: Case, ledger: Ledger, now: float) -> None:
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    if challenge:
        name_code(desk, case, challenge, now)


def name_code(desk: Desk, case: Case, challenge: Challenge, now: float) -> None:
    """Let the texts of this turn name the newest code: its label, its end, the tries left."""
    case.holes["label"] = codes.label(desk.keys.code, challenge)
    case.holes["until"] = desk.clock_time(challenge.expires_at, now)
    case.holes["left"] = str(desk.settings.codes.tries - challenge.tries)


def _subject(desk: Desk, case: Case, ledger: Ledger) -> bytes:
    member = ledger.members.get(case.account)
    if member is not None:
        return member.account
    known = case.row.account if case.row and not case.names_account else None
    return known or desk.account_index(case.account)


def _needed(case: Case, ledger: Ledger, now: float) -> tuple[Want, ...]:
    """A code that has not expired is only checked: no other one will be sent for it."""
    if not any(isinstance(want, CheckCode) for want in case.wants):
        return case.wants
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    if challenge is not None and now >= challenge.expires_at:
        return case.wants
    return tuple(want for want in case.wants if not isinstance(want, MaySend))


def _tally_keys(cases: Sequence[Case]) -> Iterator[bytes]:
    for case in cases:
        for want in case.wants:
            if isinstance(want, MaySend):
                yield from (budget.key for budget in case.budgets.for_sending())
            elif isinstance(want, CheckCode):
                yield from (budget.key for budget in case.budgets.for_checking())
