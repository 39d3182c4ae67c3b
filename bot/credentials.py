"""The effects that give an account a new password, and what every such event entails.

They are only ever asked for behind a right code, so the account is a real one.
"""

from typing import assert_never

from bot import masks, passwords
from bot.scene import Scene
from flows.effects import IssuePassword, OfferSignIn, SendPasswordLink, SetPassword
from flows.model import MaySend
from storage.base import Link, Member, Page, Password

HOUR = 3600
# What a page is for; a paper's purpose names it: "paper tk1_ts HS-261124-A7K2M9".
CHOOSE, SIGN_IN, PAPER = "password", "sign_in", "paper "
# A password message that could not leave for so long is not worth sending any more.
PASSWORD_DIES = HOUR


def apply(
    effect: IssuePassword | SendPasswordLink | SetPassword | OfferSignIn, scene: Scene
) -> None:
    """Carry out one effect on an account's password."""
    match effect:
        case IssuePassword():
            _issue_password(effect, scene)
        case SendPasswordLink():
            _send_link(effect, scene)
        case SetPassword():
            _set_password(effect, scene)
        case OfferSignIn():
            _offer_sign_in(scene)
        case _:
            assert_never(effect)


def _proved(scene: Scene, account: str) -> Member:
    """The member behind a proved account; only a real one can ever get here."""
    return scene.ledger.members[account]


def _issue_password(effect: IssuePassword, scene: Scene) -> None:
    """Give the account a temporary password and send it to the contact."""
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
    settle_account(scene, member, "password_issued")


def _send_link(effect: SendPasswordLink, scene: Scene) -> None:
    """Send the address of a one-time page on which to choose a password."""
    desk, now = scene.desk, scene.now
    member = _proved(scene, effect.account)
    token, token_hash = passwords.page_token(desk.random)
    patience = 2 if scene.case.talk.plain else 1
    until = now + desk.settings.recovery.page_minutes * 60 * patience
    page = Page(token_hash, scene.case.chat, scene.case.talk.run, member.account, CHOOSE, until)
    scene.ledger.put_page(page)
    scene.case.holes |= {
        "page_until": desk.clock_time(until, now),
        "contact": masks.contact(effect.contact),
    }
    link = f"{desk.settings.http.public_url}/p/{token}"
    if any(isinstance(want, MaySend) for want in scene.case.wants):
        scene.count_message(scene.case.budgets)
    scene.post.letter("page", effect.contact, dies_at=until, holes={"link": link})
    scene.act("page_sent")


def _offer_sign_in(scene: Scene) -> None:
    """Let this bubble's {link} be a one-time page that asks for the account's password (C04)."""
    scene.case.holes["link"] = page_link(scene, SIGN_IN)
    scene.act("sign_in_offered")


def page_link(scene: Scene, purpose: str) -> str:
    """The address of a new page for this chat and account; its texts may name {page_until}."""
    desk, case, now = scene.desk, scene.case, scene.now
    token, token_hash = passwords.page_token(desk.random)
    patience = 2 if case.talk.plain else 1
    until = now + desk.settings.recovery.page_minutes * 60 * patience
    scene.ledger.put_page(Page(token_hash, case.chat, case.talk.run, case.subject, purpose, until))
    case.holes["page_until"] = desk.clock_time(until, now)
    return f"{desk.settings.http.public_url}/p/{token}"


def _set_password(effect: SetPassword, scene: Scene) -> None:
    """Store the password that was chosen on the page."""
    member = _proved(scene, effect.account)
    hashed = scene.case.incoming.event.text
    scene.ledger.passwords.append(Password(member.account, hashed, None, must_change=False))
    settle_account(scene, member, "password_set")


def settle_account(scene: Scene, member: Member, kind: str) -> None:
    """What every credential event does: void all else, remember the chat, end the streak."""
    scene.ledger.voided_accounts.append(member.account)
    scene.ledger.new_links.append(Link(member.account, scene.case.chat, scene.now))
    scene.ledger.tallies.clear(scene.case.budgets.streak.key)
    scene.ledger.tallies.clear(scene.case.budgets.failed_runs.key)
    scene.act(kind)
