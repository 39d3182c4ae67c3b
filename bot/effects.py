"""Each effect -> rows and messages, in memory; `match` ends in `assert_never`.

Nothing is sent here: what must leave is written to the outbound table in the same
transaction and leaves after the commit.
"""

from dataclasses import dataclass, field
from typing import assert_never

from msgspec.structs import replace

from bot import codes, masks, passwords
from bot.desk import Desk
from bot.facts import Case, begins_run, name_code
from bot.ledger import Ledger
from bot.notices import Post
from flows.dialogue import Outcome
from flows.model import (
    Effect,
    EraseMessage,
    GiveConsent,
    HandOver,
    IssuePassword,
    MaySend,
    Notice,
    Say,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowPicture,
    VoidCodes,
)
from storage.base import (
    Act,
    Challenge,
    Consent,
    HandOverRequest,
    Link,
    Member,
    Page,
    Password,
)

HOUR = 3600
# A password message that could not leave for so long is not worth sending any more.
PASSWORD_DIES = HOUR


@dataclass(slots=True)
class Scene:
    """One event's effects being carried out; what the bubble will hold besides texts."""

    desk: Desk
    case: Case
    ledger: Ledger
    outcome: Outcome
    now: float
    says: list[Say] = field(default_factory=list)
    picture: str = ""
    erase: str = ""

    @property
    def post(self) -> Post:
        """Writes the messages of this event."""
        return Post(self.desk, self.ledger, self.case, self.outcome.flow, self.now)

    @property
    def lang(self) -> str:
        """The language this chat speaks from now on."""
        return self.outcome.talk.lang

    def act(self, kind: str, detail: str = "") -> None:
        """Add to the audit chain."""
        who = self.desk.chat_mark(self.case.chat)
        self.ledger.acts.append(Act(self.now, kind, who, self.case.subject or None, detail))


def apply(effect: Effect, scene: Scene) -> None:
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
            _issue_password(effect, scene)
        case SendPasswordLink():
            _send_link(effect, scene)
        case SetPassword():
            _set_password(effect, scene)
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
    _count_sending(scene, first=begins_run(case, before))
    name_code(desk, case, challenge, now)
    case.holes["contact"] = masks.contact(effect.contact)
    scene.post.code(effect, challenge, withheld=challenge.decoy)
    scene.act("code_issued", f"{effect.purpose} {challenge.counter}")


def _on_file(effect: SendCode, scene: Scene) -> bool:
    """Whether a code may really go: an active account, its own contact, not worn out."""
    member = scene.ledger.members.get(effect.account)
    if member is None or member.state != "active":
        return False
    failures = scene.ledger.tallies.count(scene.case.budgets.streak, scene.now)
    known = effect.contact in (member.person.phone, member.person.email)
    return known and failures < scene.desk.settings.limits.streak


def _count_sending(scene: Scene, *, first: bool) -> None:
    budgets, tallies, now = scene.case.budgets, scene.ledger.tallies, scene.now
    counted = [*budgets.each]
    if first:
        counted += budgets.run
        if not tallies.count(budgets.seen_account, now):
            counted += [*budgets.new_account, budgets.seen_account]
    for budget in counted:
        tallies.hit(budget, now)


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


def _proved(scene: Scene, account: str) -> Member:
    """The member behind a proved account; only a real one can ever get here."""
    return scene.ledger.members[account]


def _issue_password(effect: IssuePassword, scene: Scene) -> None:
    desk, now = scene.desk, scene.now
    member = _proved(scene, effect.account)
    until = now + desk.settings.recovery.temporary_hours * HOUR
    password = passwords.temporary(desk.random)
    hashed = passwords.hash_temporary(desk.keys.password, password)
    scene.ledger.passwords.append(Password(member.account, hashed, until, must_change=True))
    scene.case.holes |= {
        "valid": desk.clock_time(until, now),
        "contact": masks.contact(effect.contact),
    }
    holes = {"password": password}
    scene.post.letter("password", effect.contact, dies_at=now + PASSWORD_DIES, holes=holes)
    _settle_account(scene, member, "password_issued")


def _send_link(effect: SendPasswordLink, scene: Scene) -> None:
    desk, now = scene.desk, scene.now
    member = _proved(scene, effect.account)
    token, token_hash = passwords.page_token(desk.random)
    until = now + desk.settings.recovery.page_minutes * 60
    page = Page(token_hash, scene.case.chat, scene.case.talk.run, member.account, "password", until)
    scene.ledger.put_page(page)
    scene.case.holes |= {
        "page_until": desk.clock_time(until, now),
        "contact": masks.contact(effect.contact),
    }
    link = f"{desk.settings.http.public_url}/p/{token}"
    if any(isinstance(want, MaySend) for want in scene.case.wants):
        _count_sending(scene, first=False)
    scene.post.letter("page", effect.contact, dies_at=until, holes={"link": link})
    scene.act("page_sent")


def _set_password(effect: SetPassword, scene: Scene) -> None:
    member = _proved(scene, effect.account)
    hashed = scene.case.incoming.event.text
    scene.ledger.passwords.append(Password(member.account, hashed, None, must_change=False))
    _settle_account(scene, member, "password_set")


def _settle_account(scene: Scene, member: Member, kind: str) -> None:
    """What every credential event does: void all else, remember the chat, end the streak."""
    scene.ledger.voided_accounts.append(member.account)
    scene.ledger.new_links.append(Link(member.account, scene.case.chat, scene.now))
    scene.ledger.tallies.clear(scene.case.budgets.streak.key)
    scene.ledger.tallies.clear(scene.case.budgets.failed_runs.key)
    scene.act(kind)


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
    asked = desk.wording.text(case.talk.flow, case.talk.lang, f"step.{case.talk.state}", case.holes)
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
