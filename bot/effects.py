"""Each effect -> rows and messages, in memory; `match` ends in `assert_never`.

Nothing is sent here: what must leave is written to the outbound table in the same
transaction and leaves after the commit.
"""

from typing import assert_never

from msgspec.structs import replace

from bot import codes, credentials, masks
from bot.facts import begins_run, name_code
from bot.scene import Scene
from flows.model import (
    Effect,
    EraseMessage,
    GiveConsent,
    HandOver,
    IssuePassword,
    Notice,
    Say,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowPicture,
    VoidCodes,
)
from storage.base import Challenge, Consent, HandOverRequest


def apply(effect: Effect, scene: Scene) -> None:  # noqa: C901 - one case an effect
    """Turn one effect into rows and messages."""
    match effect:
        case Say():
            scene.says.append(effect)
        case SendCode():
            _send_code(effect, scene)
        case VoidCodes():
            _void_codes(scene)
        case ShowPicture():
            _show_picture(effect, scene)
        case IssuePassword():
            credentials.issue_password(effect, scene)
        case SendPasswordLink():
            credentials.send_link(effect, scene)
        case SetPassword():
            credentials.set_password(effect, scene)
        case Notice():
            _notice(effect, scene)
        case GiveConsent():
            _consent(effect, scene)
        case EraseMessage():
            scene.erase = scene.case.incoming.message
        case HandOver():
            _hand_over(effect, scene)
        case _:
            assert_never(effect)


def _send_code(effect: SendCode, scene: Scene) -> None:
    desk, case, now = scene.desk, scene.case, scene.now
    key = (case.chat, case.talk.run, effect.slot)
    before = scene.ledger.challenges.get(key)
    rules = desk.settings.codes
    life = rules.email_seconds if "@" in effect.contact else rules.sms_seconds
    challenge = Challenge(
        chat=case.chat,
        run=case.talk.run,
        slot=effect.slot,
        purpose=effect.purpose,
        account=case.subject,
        destination=desk.contact_index(effect.contact),
        counter=before.counter + 1 if before else 1,
        sent_at=now,
        expires_at=now + life,
        tries=before.tries if before else 0,
        used_at=None,
        void_at=None,
        decoy=not _on_file(effect, scene),
    )
    scene.ledger.put_challenge(challenge)
    scene.count_code(first=begins_run(case, before))
    name_code(desk, case, challenge, now)
    case.holes["contact"] = masks.contact(effect.contact)
    scene.post.code(effect, challenge)
    scene.act("code_issued", f"{effect.purpose} {challenge.counter}")


def _on_file(effect: SendCode, scene: Scene) -> bool:
    """Whether a code may really go: an active account, its own contact, not worn out."""
    member = scene.ledger.members.get(effect.account)
    if member is None or member.state != "active":
        return False
    failures = scene.ledger.tallies.count(scene.case.budgets.streak, scene.now)
    known = effect.contact in (member.person.phone, member.person.email)
    return known and failures < scene.desk.settings.limits.streak


def _void_codes(scene: Scene) -> None:
    key = scene.case.challenge_key
    challenge = scene.ledger.challenges.get(key) if key else None
    if challenge and challenge.used_at is None:
        # Not `void_at`, which stays: the run may go on with another answer and a new code.
        scene.ledger.put_challenge(replace(challenge, decoy=True, expires_at=scene.now))


def _show_picture(effect: ShowPicture, scene: Scene) -> None:
    desk, case, talk = scene.desk, scene.case, scene.outcome.talk
    if effect.in_words:
        digits = codes.picture_digits(desk.keys.human, case.chat, talk.run, talk.turn)
        case.holes["words"] = desk.wording.digits_in_words(scene.lang, digits)
        scene.says.append(Say("picture_words"))
    else:
        scene.picture = f"{case.chat}\0{talk.run}\0{talk.turn}"


def _notice(effect: Notice, scene: Scene) -> None:
    once = scene.case.budgets.failure_notice
    if effect.kind == "failed_tries":
        if scene.ledger.tallies.spent(once, scene.now):
            return
        scene.ledger.tallies.hit(once, scene.now)
        scene.act("tries_spent")
    member = scene.ledger.members.get(effect.account)
    if member is not None and member.state == "active":
        linked = scene.ledger.links.get(member.account, {})
        scene.post.notice(effect.kind, member.person, linked.keys() - {scene.case.chat})


def _consent(effect: GiveConsent, scene: Scene) -> None:
    desk, case = scene.desk, scene.case
    asked = desk.wording.text(
        case.talk.flow, case.talk.lang, f"step.{case.talk.state}", case.holes
    )
    mark = desk.wording_mark(asked)
    scene.ledger.consents.append(
        Consent(case.chat, effect.purpose, effect.granted, mark, scene.now)
    )
    scene.act("consent", f"{effect.purpose} {'given' if effect.granted else 'refused'}")


def _hand_over(effect: HandOver, scene: Scene) -> None:
    talk = scene.case.talk
    scene.ledger.hand_overs.append(
        HandOverRequest(scene.case.chat, scene.now, talk.flow, talk.state, effect.reason)
    )
    scene.act("hand_over", effect.reason)
