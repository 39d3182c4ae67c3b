"""A password typed on the one-time page: counted before it is compared (rules R07 and R08).

On the same budgets as wrong codes, and the account's owner hears of it in the same words, whether
the page is asked once too often or a code.
"""

from bot.case import Case
from bot.desk import Desk
from bot.effects import apply
from bot.ledger import Ledger
from bot.scene import Scene
from flows.closing import Outcome
from flows.effects import Notice


def count_try(desk: Desk, case: Case, ledger: Ledger, now: float) -> bool:
    """Whether one more password may be compared; the last one, and each refused one, is noted."""
    scene = Scene(desk, case, ledger, Outcome(case.talk, (), case.talk.flow), now)
    granted = not _is_worn(scene)
    if granted:
        for budget in (*case.budgets.failures, case.budgets.streak):
            ledger.tallies.hit(budget, now)
    else:
        scene.act("sign_in_refused")
    if _is_worn(scene):
        apply(Notice("failed_tries", case.account), scene)
    return granted


def _is_worn(scene: Scene) -> bool:
    budgets, tallies = scene.case.budgets, scene.ledger.tallies
    if tallies.count(budgets.streak, scene.now) >= scene.desk.settings.limits.streak:
        return True
    return any(tallies.spent(budget, scene.now) for budget in budgets.failures)
