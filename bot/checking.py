"""One-time codes of one event: what a typed one is worth, and whether another may be sent.

Every guess is counted before it is compared, on every code it could have been for.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from bot import codes, masks
from bot.case import Case, Keys, keys_of
from bot.desk import Desk
from bot.ledger import Ledger
from bot.limits import latest
from bot.ways import Way, current
from flows.common import RESEND
from flows.machine import Flow
from flows.model import ON_FILE, ON_FILE_EMAIL, Allowance, CheckCode, CodeCheck, MaySend
from storage.base import Challenge

# Of several codes that a guess was held against, the news that matters most.
_WORST = ("spent", "wrong", "old", "expired", "void")


def check_code(desk: Desk, case: Case, ledger: Ledger, want: CheckCode, now: float) -> CodeCheck:
    """Count, compare, consume: what the typed digits are worth."""
    tallies, budgets = ledger.tallies, case.budgets
    if any(tallies.spent(budget, now) for budget in budgets.failures):
        case.holes["pause"] = desk.opening_time(latest(tallies, budgets.failures, now), now)
        return CodeCheck("spent")
    tries, key = desk.settings.codes.tries, desk.keys.code
    ways = [case.ways[slot] for slot in want.slots]
    # Before the one that takes a lapsed code's place is sent, that one is what people type.
    ways = [way for way in ways if way.key in ledger.challenges or not way.again] or ways
    if all(way.again and way.key not in ledger.challenges for way in ways):
        return CodeCheck("expired")
    guesses = [
        (way, *codes.check(key, _meant(desk, way, ledger, now), want.digits, now=now, tries=tries))
        for way in ways
    ]
    for way, result, changed in guesses:
        if result.result == "right" and changed:
            ledger.put_challenge(changed)
            for trial in way.budgets.trials:
                tallies.hit(trial.proved, now)
            return CodeCheck("right", way.asked.slot)
    counted = [changed for _, _, changed in guesses if changed]
    for changed in counted:
        ledger.put_challenge(changed)
        case.holes["left"] = str(tries - changed.tries)
    if counted:
        for budget in (*budgets.failures, budgets.streak):
            tallies.hit(budget, now)
    said = min((result.result for _, result, _ in guesses), key=_WORST.index)
    if said == "spent":
        case.holes["pause"] = desk.opening_time(_rest(desk, case, ledger, now), now)
    return CodeCheck(said)


def may_send(desk: Desk, case: Case, ledger: Ledger, now: float) -> Allowance | None:
    """Whether all the codes that this event would send may go; None when it sends none."""
    slots = [want.slot for want in case.wants if isinstance(want, MaySend)]
    if not slots:
        return None
    several = [_may_send(desk, case, case.ways[slot], ledger, now) for slot in slots]
    if len(several) == 1:
        return several[0]
    granted = all(each.granted for each in several)
    return Allowance(
        granted=granted,
        near=any(each.near for each in several),
        soon=not granted and all(each.granted or each.soon for each in several),
        alive=all(each.alive for each in several),
    )


def held(case: Case, ledger: Ledger, now: float) -> frozenset[str]:
    """The codes of this run that were right and have not expired."""
    return frozenset([slot for slot, way in case.ways.items() if way.holds(ledger, now)])


def name_codes(desk: Desk, case: Case, ledger: Ledger, now: float) -> None:
    """Let the texts of this turn name the newest codes of the run."""
    if case.flow:
        _name(desk, case, case.flow, case.talk.state, case.challenge_keys(), ledger, now)
    if case.left:
        flow = desk.flows[case.left.flow]
        keys = keys_of(flow, case.chat, case.left.run)
        _name(desk, case, flow, case.left.state, keys, ledger, now)


def _name(
    desk: Desk, case: Case, flow: Flow, state: str, keys: Keys, ledger: Ledger, now: float
) -> None:
    challenges = ledger.challenges
    had = [(slot, both) for slot, both in keys.items() if both[0] in challenges]
    if not had:
        return
    waited = flow.waits_for(state)
    first = waited[0].slot if waited else next(iter(keys))
    for slot, both in had:
        challenge = challenges.get(current(both, ledger, now)) or challenges[both[0]]
        names = [""] if slot == first else []
        name_code(desk, case, [*names, slot] if len(keys) > 1 else names, challenge, now)


def name_code(
    desk: Desk, case: Case, slots: Sequence[str], challenge: Challenge, now: float
) -> None:
    """Its label, its end, the tries left; under the names of these slots, or under none: ""."""
    label = codes.label(desk.keys.code, challenge)
    until = desk.clock_time(challenge.expires_at, now)
    for slot in slots:
        end = f"_{slot}" if slot else ""
        case.holes |= {f"label{end}": label, f"until{end}": until}
    if "" in slots:
        case.holes["left"] = str(desk.settings.codes.tries - challenge.tries)


def shown_contact(desk: Desk, case: Case, contact: str) -> str:
    """A contact as texts may show it: masked, and one on file only by what it is."""
    if contact in (ON_FILE, ON_FILE_EMAIL):
        return desk.wording.text("", case.talk.lang, contact.replace(":", "."), {})
    return masks.contact(contact) if contact else ""


def begins_run(case: Case, ledger: Ledger) -> bool:
    """Whether the next code is the first one that this run asks for on this account."""
    had = (ledger.challenges.get(way.key) for way in case.ways.values())
    return not any(challenge and challenge.account == case.subject for challenge in had)


def overtaken(case: Case, ledger: Ledger, ways: Iterable[Way]) -> bool:
    """Whether the account was changed after this run had proved itself (R22)."""
    for way in ways:
        challenge = ledger.challenges.get(way.key)
        if challenge and challenge.used_at is not None:
            since = challenge.used_at
            return any(at > since for at in ledger.links.get(case.subject, {}).values())
    return False


def _rest(desk: Desk, case: Case, ledger: Ledger, now: float) -> float:
    """Until when this chat pauses on this account: longer after each failed run (R07)."""
    budgets, pauses = case.budgets, desk.settings.limits.pauses
    ledger.tallies.hit(budgets.failed_runs, now)
    failed = ledger.tallies.count(budgets.failed_runs, now)
    until = now + pauses[min(failed, len(pauses)) - 1]
    ledger.tallies.rest(budgets.resting, until)
    return until


def _may_send(desk: Desk, case: Case, way: Way, ledger: Ledger, now: float) -> Allowance:
    budgets, tallies, rules = way.budgets, ledger.tallies, desk.settings.codes
    challenge = ledger.challenges.get(way.key)
    again = latest(tallies, budgets.moment, now)
    if challenge and _fresh(desk, way, challenge, now):
        again = max(again, challenge.sent_at + rules.resend_after)
        case.holes["again"] = desk.opening_time(again, now)
        case.holes["to"] = shown_contact(desk, case, getattr(case.draft, way.asked.to))
        return Allowance(granted=False, soon=True, alive=True)
    asked = [*budgets.lasting]
    if begins_run(case, ledger):
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
    allowed = free <= now and not used_up and not _is_over(case, challenge, ledger)
    case.holes["pause"] = desk.opening_time(max(free, again), now)
    case.holes["again"] = desk.opening_time(again, now)
    case.holes["to"] = shown_contact(desk, case, getattr(case.draft, way.asked.to))
    asks = desk.settings.human_check.policy == "near"
    near = asks and any(tallies.near(budget, now) for budget in (*budgets.moment, *asked))
    return Allowance(granted=allowed and again <= now, near=near, soon=allowed and again > now)


def _fresh(desk: Desk, way: Way, challenge: Challenge, now: float) -> bool:
    unused = challenge.void_at is None and challenge.used_at is None
    live = unused and now < challenge.expires_at
    just_sent = now < challenge.sent_at + desk.settings.codes.resend_after
    return way.fits(challenge) and live and just_sent


def _meant(desk: Desk, way: Way, ledger: Ledger, now: float) -> Challenge | None:
    """The challenge that a typed code is held against; never one that proves something else.

    A code for another account, contact or value (R11), and any code of an account that was
    guessed at too often (R08), is counted like every other and never right.
    """
    challenge = ledger.challenges.get(way.key)
    worn = ledger.tallies.count(way.budgets.streak, now) >= desk.settings.limits.streak
    if challenge and (worn or not way.fits(challenge) or not way.is_real(ledger, now)):
        return replace(challenge, decoy=True)
    return challenge


def _is_over(case: Case, challenge: Challenge | None, ledger: Ledger) -> bool:
    """Whether this run may ask for nothing more: its code was used, or others came first."""
    if overtaken(case, ledger, case.ways.values()):
        return True
    if challenge is None:
        return False
    spent = challenge.used_at is not None and case.heard.kind != RESEND
    return challenge.void_at is not None or spent
