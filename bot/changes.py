"""Changes of a contact: made at once or after a hold, told to every old address, undone.

Whoever holds the old contact learns of it and can take it back for 72 hours, which also
freezes the account: somebody has been at it (security rules R17-R22; features F23, leap L6).
"""

from typing import assert_never

from msgspec.structs import replace

from bot import checking, masks
from bot.codes import FIGURES, LETTERS
from bot.credentials import settle_account
from bot.notifier.parcel import ChatBody
from bot.requests import submit
from bot.scene import Scene
from bot.standings import put_back, put_in_force, value
from bot.ways import GRANTED, GRANTED_FOR, HOUR, granted
from flows.effects import ApplyChange, ChangeContact, ClaimPhone, Freeze, UndoChange
from flows.model import LookUp
from storage.base import Change, Member, Standing

REVIEW = "phone_review"  # the kind of dossier that grants a phone, and the cause of its change
PAIRS = 5  # of a letter and a figure in an undo code: 34 bits, so that no two live ones meet


def apply(
    effect: ChangeContact | ClaimPhone | ApplyChange | UndoChange | Freeze, scene: Scene
) -> None:
    """Decide, make, or take back a change; stop an account."""
    match effect:
        case ChangeContact():
            _decide(effect, scene)
        case ClaimPhone():
            _claim(effect, scene)
        case ApplyChange():
            _make_due(scene.ledger.changes.get(effect.ref), scene)
        case UndoChange():
            _undo(scene)
        case Freeze():
            freeze(scene.ledger.members[effect.account], scene)
        case _:
            assert_never(effect)


def _decide(effect: ChangeContact, scene: Scene) -> None:
    held = checking.held(scene.case, scene.ledger, scene.now)
    if not held.issuperset(effect.slots):
        raise AssertionError("a change of a contact without its codes")
    member = scene.ledger.members[effect.account]
    hours = getattr(scene.desk.settings.holds, effect.risk)
    record(scene, member, effect.field, effect.value, hours=hours)
    settle_account(scene, member, "contact_change_decided")


def record(
    scene: Scene, member: Member, field: str, after: str, *, hours: int, cause: str = ""
) -> Change:
    """Write down a change that was decided, make it if nothing holds it, tell everybody."""
    desk, now = scene.desk, scene.now
    undo = _undo_code(scene)
    applies = now + hours * HOUR
    change = Change(
        ref=desk.random(12).hex(),
        account=member.account,
        field=field,
        before=value(member, field),
        after=after,
        chat=scene.case.chat,
        cause=cause or scene.case.talk.flow,
        decided_at=now,
        applies_at=applies,
        applied_at=None,
        undo_until=applies + desk.settings.holds.undo * HOUR,
        undo_mark=desk.index("undo", undo),
        ended_at=None,
        ended_as="",
    )
    scene.ledger.put_change(change)
    scene.case.holes |= {
        "applies": desk.clock_time(applies, now),
        "undo_until": desk.clock_time(change.undo_until, now),
        "new": masks.contact(after),
        "undo": undo,
    }
    kind = "contact_changed" if hours == 0 else "contact_will_change"
    _tell(f"{field}.{kind}", scene, member)
    if hours == 0:
        _make(change, scene)
    return change


def _claim(effect: ClaimPhone, scene: Scene) -> None:
    """Make the change that two officers granted, now that the new number has answered."""
    held = checking.held(scene.case, scene.ledger, scene.now)
    member = scene.ledger.members[effect.account]
    change = granted(scene.ledger, member.account, effect.phone)
    if effect.slot not in held or change is None:
        raise AssertionError("a phone is claimed without its code or without a grant")
    scene.case.holes["new"] = masks.contact(effect.phone)
    settle_account(scene, member, "phone_claimed")
    _make(change, scene)
    _tell("phone.contact_changed_now", scene, member)


def _wait_for_claim(change: Change, scene: Scene) -> None:
    """The hold of a granted phone is over: from now on its code can be asked for."""
    if change.cause == GRANTED:  # nobody came
        _refuse(change, scene)
        return
    until = scene.now + GRANTED_FOR
    scene.ledger.put_change(
        replace(change, cause=GRANTED, applies_at=until, undo_until=max(change.undo_until, until))
    )
    text = scene.desk.wording.text(GRANTED, scene.lang, "ready", scene.case.holes)
    scene.post.bubble(change.chat, ChatBody(text), until)


def _make_due(change: Change | None, scene: Scene) -> None:
    """The hold is over; whatever happened to the account meanwhile has the last word."""
    if change is None or change.applied_at is not None or change.ended_at is not None:
        return
    if scene.now < change.applies_at:
        return
    member = scene.ledger.accounts.get(change.account)
    others = scene.ledger.holders.get(change.after, frozenset()) - {change.account}
    scene.about = change.account
    if member is None or member.state != "active" or others:
        _refuse(change, scene)
        return
    if change.cause in (GRANTED, REVIEW):
        _wait_for_claim(change, scene)
        return
    scene.case.holes["new"] = masks.contact(change.after)
    _make(change, scene)
    _tell(f"{change.field}.contact_changed_now", scene, member)


def _refuse(change: Change, scene: Scene) -> None:
    """End a held change in its hour; who asked for it and every old address are told."""
    scene.ledger.put_change(replace(change, ended_at=scene.now, ended_as="refused"))
    scene.act("contact_change_refused", change.ref)
    member = scene.ledger.accounts.get(change.account)
    if member is not None:
        scene.case.holes["new"] = masks.contact(change.after)
        linked = scene.ledger.links.get(member.account, {})
        kind = f"{change.field}.contact_change_refused"
        scene.post.notice(kind, member.person, {*linked, change.chat})


def _make(change: Change, scene: Scene) -> None:
    scene.ledger.put_change(replace(change, applied_at=scene.now))
    put_in_force(change, scene)


def _undo(scene: Scene) -> None:
    """Put the old contact back, if the new one was in force, and stop the account."""
    named = next(want.name for want in scene.case.wants if isinstance(want, LookUp))
    change = scene.ledger.marked[scene.desk.index("undo", named)]
    member = scene.ledger.accounts.get(change.account)
    if member is None:
        return
    scene.about = change.account
    scene.ledger.put_change(replace(change, ended_at=scene.now, ended_as="undone"))
    scene.ledger.marked[change.undo_mark] = scene.ledger.changes[change.ref]
    member = put_back(change, member, scene)
    scene.act("contact_change_undone", f"{change.field} {change.ref}")
    # Also where the account is frozen already.
    scene.ledger.voided_accounts.append(change.account)
    freeze(member, scene)


def freeze(member: Member, scene: Scene) -> None:
    """Stop all self-service; an officer has to lift it."""
    scene.about = member.account
    if member.state != "active":
        return
    scene.ledger.standings.append(Standing(member.account, "frozen", scene.now))
    scene.ledger.stand(member.account, "frozen")
    scene.ledger.voided_accounts.append(member.account)
    scene.act("account_frozen")
    for held in scene.ledger.held(member.account):
        # Once an officer opens the account again, nothing comes true that was decided before.
        scene.ledger.put_change(replace(held, ended_at=scene.now, ended_as="refused"))
        scene.act("contact_change_refused", held.ref)
    scene.case.holes["ref"] = submit(scene, "unfreeze", member.account, {}).ref
    _tell("account_frozen", scene, member)


def unfreeze(member: Member, scene: Scene) -> None:
    """Let codes leave again; for 72 hours no contact changes, as after a change of one (R19)."""
    scene.ledger.standings.append(Standing(member.account, "active", scene.now))
    scene.ledger.stand(member.account, "active")
    ref = scene.desk.random(12).hex()
    mark = scene.desk.index("undo", ref)  # nobody is sent it
    scene.ledger.put_change(opened_by_staff(member, ref, mark, scene.now, scene.case.chat))
    scene.act("account_unfrozen")
    scene.post.notice("account_unfrozen", member.person, ())


def opened_by_staff(member: Member, ref: str, mark: bytes, now: float, chat: str = "") -> Change:
    """That staff opened an account, as a change that is in force and cannot be undone (R19)."""
    return Change(
        ref=ref,
        account=member.account,
        field="state",
        before=member.state,
        after="active",
        chat=chat,
        cause="opened_by_staff",
        decided_at=now,
        applies_at=now,
        applied_at=now,
        undo_until=now,
        undo_mark=mark,
        ended_at=None,
        ended_as="",
    )


def _tell(kind: str, scene: Scene, member: Member) -> None:
    """A notice to every address as it was before, and to the other linked chats."""
    linked = scene.ledger.links.get(member.account, {})
    scene.post.notice(kind, member.person, linked.keys() - {scene.case.chat})


def _undo_code(scene: Scene) -> str:
    raw = scene.desk.random(2 * PAIRS)
    pairs = zip(raw[::2], raw[1::2], strict=True)
    return "".join(LETTERS[a % len(LETTERS)] + FIGURES[b % len(FIGURES)] for a, b in pairs)
