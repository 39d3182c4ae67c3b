"""What a change comes to in the registry: another contact, or an account that is closed.

It refuses to decide whether a change may be made; `bot/changes.py` does.
"""

from msgspec.structs import replace

from bot.scene import Scene
from storage.base import Change, Contact, Member, Standing

STATE = "state"  # the field of a change that closes an account, or says that staff opened it
CANCELLED = "cancelled"


def value(member: Member, field: str) -> str:
    """What a member has in this field now."""
    found: str = member.state if field == STATE else getattr(member.person, field)
    return found


def put_in_force(change: Change, scene: Scene) -> None:
    """Write down what a change makes of its account; what proved it before is worth nothing."""
    ledger = scene.ledger
    ledger.voided_accounts.append(change.account)
    if change.field == STATE:
        ledger.standings.append(Standing(change.account, change.after, scene.now))
        ledger.stand(change.account, change.after)
        scene.act("account_cancelled", change.ref)
        return
    ledger.contacts.append(Contact(change.account, change.field, change.after))
    ledger.hold(change.after, change.account)
    scene.act("contact_changed", f"{change.field} {change.ref}")


def put_back(change: Change, member: Member, scene: Scene) -> Member:
    """Undo what a change made of its account; the member as she was before it."""
    # Somebody may have changed it once more since then; that change has an undo code of its own.
    if change.applied_at is None or value(member, change.field) != change.after:
        return member
    if change.field == STATE:
        return replace(member, state="active")  # and frozen at once, which is what is stored
    others = scene.ledger.holders.get(change.before, frozenset()) - {change.account}
    before = "" if others else change.before
    scene.ledger.contacts.append(Contact(change.account, change.field, before))
    # Its owner is told at the old contact, and whoever has the new one learns no more.
    return replace(member, person=replace(member.person, **{change.field: before}))
