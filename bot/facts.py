"""What a step needs looked up first, fetched for a whole batch at once.

Two passes: `load` reads every row that any event of the batch may need, one statement
per table; `facts_of` then answers each event from memory, in order, so that an event
sees what an earlier one of its batch has counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot import codes
from bot.channels.base import Incoming
from bot.desk import Desk
from bot.ledger import Ledger
from bot.settings import Limit
from bot.limits import Budget, latest, pause_until
from flows.dialogue import Heard
from flows.machine import Flow
from flows.model import Allowance, CheckCode, CheckHuman, CodeCheck, Facts, MaySend, OnFile, Talk, Want
from storage.base import Challenge, Conversation, Unit

DAY = 86_400
FAILED_RUNS = Limit(10, DAY)
MINUTES = 1440
ONCE_A_DAY = Limit(1, DAY)
STREAK = Limit(1, 0)  # R08: never re-enabled by time


@dataclass(slots=True)
class Case:
    """One event of a batch on its way through the turn.

    account, contact: what the draft claims once this event is answered.
    subject: the blind index of the account, the same whichever of its two numbers was
    typed; of the claimed number where no account is known.
    holes: what the texts of this turn may name.
    """

    incoming: Incoming
    row: Conversation | None
    talk: Talk
    heard: Heard
    wants: tuple[Want, ...]
    flow: Flow | None
    account: str = ""
    contact: str = ""
    subject: bytes = b""
    holes: dict[str, str] = field(default_factory=dict)

    @property
    def chat(self) -> str:
        """The chat this happens in."""
        return self.incoming.chat

    @property
    def names_account(self) -> bool:
        """Whether this very event names the account."""
        return bool(getattr(self.talk.draft, "account", "") != self.account)

    @property
    def challenge_key(self) -> tuple[str, int, str] | None:
        """The one-time code of the running procedure, if it has one."""
        if self.flow is None or not self.account:
            return None
        return (self.chat, self.talk.run, self.flow.code_question.slot)


@dataclass(frozen=True, slots=True)
class Sending:
    """The budgets on one more code: `flow` counts runs, `each` counts every sending."""

    flow: tuple[Budget, ...]
    each: tuple[Budget, ...]
    new_account: tuple[Budget, ...]  # a further identifier for this chat
    seen_account: Budget
    failed_runs: Budget
    streak: Budget


def sending_budgets(desk: Desk, case: Case) -> Sending:
    """Every budget that a code to `case.contact` touches."""
    account, chat = case.subject.hex(), case.chat
    destination = desk.contact_index(case.contact).hex()
    each = [*desk.budgets("destination_sends", destination), *desk.budgets("system_sends", "")]
    if "@" not in case.contact:
        each += desk.budgets("prefix_sends", case.contact[:-4])
    identifiers = desk.budgets("chat_accounts", chat)
    return Sending(
        flow=(*desk.budgets("account_flows", account), *desk.budgets("chat_flows", chat)),
        each=tuple(each),
        new_account=tuple(identifiers),
        seen_account=desk.budgets("chat_accounts", f"{chat} {account}")[0],
        failed_runs=failed_runs(desk, case),
        streak=streak(desk, case),
    )


def failed_runs(desk: Desk, case: Case) -> Budget:
    """Runs of this chat on this account that ended locked."""
    return Budget(desk.index("limit", f"failed_runs {case.chat} {case.subject.hex()}"), FAILED_RUNS, MINUTES)


def streak(desk: Desk, case: Case) -> Budget:
    """Wrong codes in a row for this account, over all time, since the last right one (R08)."""
    return Budget(desk.index("limit", f"streak {case.subject.hex()}"), STREAK)


def failure_budgets(desk: Desk, case: Case, ledger: Ledger) -> list[Budget]:
    """Every budget that a wrong code touches; a linked chat may use the account's reserve."""
    linked = case.chat in ledger.links.get(case.subject, ())
    return [
        *(
            Budget(budget.key, _less(budget.limit, 0 if linked else desk.settings.limits.linked_reserve))
            for budget in desk.budgets("account_failures", case.subject.hex())
        ),
        *desk.budgets("chat_failures", case.chat),
        *desk.budgets("system_failures", ""),
    ]


async def load(unit: Unit, desk: Desk, cases: Sequence[Case], ledger: Ledger) -> None:
    """Read every row the batch may need: one statement per table."""
    claiming = [case for case in cases if case.account]
    keys = [key for case in claiming if (key := case.challenge_key)]
    ledger.challenges = await unit.challenges(keys)
    acting = [case for case in claiming if case.wants or case.incoming.page]
    unnamed = [case for case in claiming if case.names_account]
    ledger.members = await unit.members([case.account for case in (*acting, *unnamed)])
    for case in claiming:
        case.subject = _subject(desk, case, ledger)
    ledger.load_links(await unit.links([case.subject for case in acting]))
    ledger.tallies.load(await unit.tallies(list(_tally_keys(desk, acting, ledger))))
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


def _check_code(
    desk: Desk, case: Case, ledger: Ledger, want: CheckCode, now: float
) -> CodeCheck:
    challenge = ledger.challenges.get((case.chat, case.talk.run, want.slot))
    budgets = failure_budgets(desk, case, ledger)
    if any(ledger.tallies.spent(budget, now) for budget in budgets):
        case.holes["pause"] = desk.clock_time(latest(ledger.tallies, budgets, now), now)
        return CodeCheck("spent")
    tries = desk.settings.codes.tries
    result, changed = codes.check(desk.keys.code, challenge, want.digits, now=now, tries=tries)
    if changed:
        ledger.put_challenge(changed)
        case.holes["left"] = str(tries - changed.tries)
        if result.result != "right":
            for budget in (*budgets, streak(desk, case)):
                ledger.tallies.hit(budget, now)
    if result.result == "spent":
        failed = failed_runs(desk, case)
        ledger.tallies.hit(failed, now)
        rest = pause_until(ledger.tallies, failed, desk.settings.limits.pauses, now)
        case.holes["pause"] = desk.clock_time(rest, now)
    return result


def _may_send(desk: Desk, case: Case, ledger: Ledger, now: float) -> Allowance:
    budgets, tallies, rules = sending_budgets(desk, case), ledger.tallies, desk.settings.codes
    challenge = ledger.challenges.get(case.challenge_key) if case.challenge_key else None
    if challenge and _fresh(desk, case, challenge, now):
        case.holes["again"] = desk.clock_time(challenge.sent_at + rules.resend_after, now)
        return Allowance(granted=False, soon=True)
    asked = [*budgets.each]
    if challenge is None:
        asked += budgets.flow
        if not tallies.count(budgets.seen_account, now):
            asked += budgets.new_account
    rest = pause_until(tallies, budgets.failed_runs, desk.settings.limits.pauses, now)
    free = max(latest(tallies, asked, now), rest)
    if challenge and challenge.counter >= rules.sends:
        # A run that has used up its codes ends; the next one may begin at once.
        free = max(free, challenge.expires_at)
    case.holes["pause"] = desk.clock_time(free, now)
    near = any(tallies.near(budget, now) for budget in asked)
    return Allowance(granted=free <= now, near=near)


def _fresh(desk: Desk, case: Case, challenge: Challenge, now: float) -> bool:
    same = challenge.destination == desk.contact_index(case.contact)
    live = challenge.void_at is None and challenge.used_at is None
    return same and live and now < challenge.sent_at + desk.settings.codes.resend_after


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


def _tally_keys(desk: Desk, cases: Sequence[Case], ledger: Ledger) -> Iterator[bytes]:
    for case in cases:
        for want in case.wants:
            if isinstance(want, MaySend):
                sending = sending_budgets(desk, case)
                for budget in (*sending.flow, *sending.each, *sending.new_account):
                    yield budget.key
                yield sending.seen_account.key
                yield sending.failed_runs.key
                yield sending.streak.key
            elif isinstance(want, CheckCode):
                for budget in failure_budgets(desk, case, ledger):
                    yield budget.key
                yield failed_runs(desk, case).key
                yield streak(desk, case).key
                yield failure_notice(desk, case).key


def failure_notice(desk: Desk, case: Case) -> Budget:
    """One notice of failed tries per account and day."""
    return Budget(desk.index("limit", f"failure_notice {case.subject.hex()}"), ONCE_A_DAY)


def _less(limit: Limit, reserve: int) -> Limit:
    return Limit(max(1, limit.n - reserve), limit.seconds)
