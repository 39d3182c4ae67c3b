"""Each effect -> rows and messages, in memory; `match` ends in `assert_never`.

Nothing is sent here: what must leave is written to the outbound table in the same
transaction and leaves after the commit.
"""

from typing import assert_never

from msgspec.structs import replace

from bot import (
    cancelling,
    changes,
    checking,
    codes,
    credentials,
    dossiers,
    my_data,
    queue,
    records,
)
from bot.scene import Scene
from bot.ways import current
from flows.effects import (
    ApplyChange,
    Attend,
    CancelAccount,
    ChangeContact,
    ClaimPhone,
    DecideDossier,
    Effect,
    EraseData,
    EraseMessage,
    ExportData,
    Freeze,
    GiveConsent,
    HandOver,
    IssuePassword,
    KeepPhoto,
    MoveDossier,
    Notice,
    OfferSignIn,
    OpenDossier,
    Rate,
    Say,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowData,
    ShowDossiers,
    ShowPicture,
    ShowRecord,
    UndoChange,
    VoidCodes,
)
from storage.base import Challenge, Consent, to_officer

LONGEST_LIFE = 600  # seconds; NIST SP 800-63B-4 section 3.1.3 and rule R02, for anybody


def apply(effect: Effect, scene: Scene) -> None:  # noqa: C901, PLR0912 - one case an effect
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
        case IssuePassword() | SendPasswordLink() | SetPassword() | OfferSignIn():
            credentials.apply(effect, scene)
        case ChangeContact() | ClaimPhone() | ApplyChange() | UndoChange() | Freeze():
            changes.apply(effect, scene)
        case CancelAccount():
            cancelling.apply(effect, scene)
        case OpenDossier() | MoveDossier() | DecideDossier() | ShowDossiers():
            dossiers.apply(effect, scene)
        case ShowData() | ExportData() | EraseData():
            my_data.apply(effect, scene)
        case ShowRecord():
            records.show(effect, scene)
        case Notice():
            _notice(effect, scene)
        case GiveConsent():
            _consent(effect, scene)
        case EraseMessage():
            scene.erase = scene.case.incoming.message
        case KeepPhoto():
            talk = scene.outcome.talk
            run = to_officer(talk.turn) if effect.to_officer else scene.case.talk.run
            scene.post.photo(effect.file, run)
        case HandOver() | Attend() | Rate():
            queue.apply(effect, scene)
        case _:
            assert_never(effect)


def _send_code(effect: SendCode, scene: Scene) -> None:
    desk, case, now = scene.desk, scene.case, scene.now
    way = case.ways[effect.slot]
    before = scene.ledger.challenges.get(way.key)
    rules = desk.settings.codes
    life = rules.email_seconds if "@" in effect.contact else rules.sms_seconds
    if case.talk.plain:
        life = min(2 * life, LONGEST_LIFE)
    worn = scene.ledger.tallies.count(way.budgets.streak, now) >= desk.settings.limits.streak
    challenge = Challenge(
        chat=case.chat,
        run=case.talk.run,
        slot=way.key[2],
        purpose=effect.purpose,
        account=case.subject,
        destination=way.bound,
        counter=before.counter + 1 if before else 1,
        sent_at=now,
        expires_at=now + life,
        tries=before.tries if before else 0,
        used_at=None,
        void_at=None,
        decoy=worn or not way.is_real(scene.ledger, now),
    )
    scene.count_code(way, first=checking.begins_run(case, scene.ledger))
    scene.ledger.put_challenge(challenge)
    checking.name_codes(desk, case, scene.ledger, now)
    if case.flow and len(case.flow.codes) > 1 and way is case.way:
        checking.name_code(desk, case, [""], challenge, now)
    scene.post.code(way, challenge)
    scene.act("code_issued", f"{effect.purpose} {challenge.counter}")


def _void_codes(scene: Scene) -> None:
    for both in scene.case.challenge_keys().values():
        challenge = scene.ledger.challenges.get(current(both, scene.ledger, scene.now))
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
