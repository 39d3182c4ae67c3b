"""Closing an account: decided by a fresh code, in force after the hold, undone like any change.

A wrong cancel is a stolen or a lost account, so nothing here closes one at once (decision 0017).
"""

from msgspec.structs import replace

from bot import changes, checking
from bot.credentials import settle_account
from bot.scene import Scene
from bot.standings import CANCELLED, STATE
from flows.effects import CancelAccount


def apply(effect: CancelAccount, scene: Scene) -> None:
    """Write the decision down and tell every address; the reason is kept with it, sealed."""
    if effect.slot not in checking.held(scene.case, scene.ledger, scene.now):
        raise AssertionError("an account is closed without its code")
    member = scene.ledger.members[effect.account]
    hours = scene.desk.settings.holds.cancel
    change = changes.record(scene, member, STATE, CANCELLED, hours=hours)
    scene.ledger.put_change(replace(change, before=effect.words or effect.why))
    settle_account(scene, member, "account_cancel_decided")
