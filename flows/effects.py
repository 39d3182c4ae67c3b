"""What a step may ask for: the closed set of effects.

`bot/effects.py` turns each into rows and messages and ends in `assert_never`, so an effect
added here cannot be forgotten there.
"""

from typing import Literal

import msgspec

Risk = Literal["both_sides", "one_side"]


class Say(msgspec.Struct, frozen=True):
    """Say a text of the procedure's text file; all of a turn becomes one bubble."""

    key: str
    holes: dict[str, str] = {}


class SendCode(msgspec.Struct, frozen=True):
    """Send the one-time code `slot` of the running procedure to `contact`.

    An account the registry does not know, a contact that is not on file where it has to be,
    or a new one that belongs to another account gets a decoy: same rows, same time, no
    message (security rules R26 and R27).
    """

    slot: str
    purpose: str
    account: str
    contact: str


class VoidCodes(msgspec.Struct, frozen=True):
    """Make every live code of this run worthless (cancel, correction)."""


class ShowPicture(msgspec.Struct, frozen=True):
    """Show the human check of this run: as a picture, or as words for those who cannot see it."""

    in_words: bool


class IssuePassword(msgspec.Struct, frozen=True):
    """Give `account` a random temporary password, sent to `contact`, never to the chat."""

    account: str
    contact: str


class SendPasswordLink(msgspec.Struct, frozen=True):
    """Send `contact` the address of a one-time page on which to choose a password."""

    account: str
    contact: str


class SetPassword(msgspec.Struct, frozen=True):
    """Store the password chosen on the one-time page (its hash came with the event)."""

    account: str


class Notice(msgspec.Struct, frozen=True):
    """Tell every verified address and linked chat of `account` what happened."""

    kind: str
    account: str


class GiveConsent(msgspec.Struct, frozen=True):
    """Record the answer to the consent question of `purpose`, with time and wording."""

    purpose: str
    granted: bool


class EraseMessage(msgspec.Struct, frozen=True):
    """Delete the message the citizen has just sent (it held a password)."""


class HandOver(msgspec.Struct, frozen=True):
    """Ask for a person; the request is kept with the step at which it was made."""

    reason: str


class Attend(msgspec.Struct, frozen=True):
    """An officer took the conversation, wrote, gave it back, or left it so long that it waits."""

    step: Literal["take", "reply", "note", "return", "lapse"]
    officer: str


class Rate(msgspec.Struct, frozen=True):
    """How the citizen found the help of whoever had the conversation last."""

    grade: str


class OfferSignIn(msgspec.Struct, frozen=True):
    """Let this bubble's {link} be a one-time page that asks for the account's password."""

    account: str


class ChangeContact(msgspec.Struct, frozen=True):
    """Replace a contact of `account`, at once or after the hold that `risk` asks for.

    slots: the codes of this run that must hold, right and unexpired, at the commit.
    risk: which hold of the settings applies ([holds]).
    """

    account: str
    field: Literal["phone", "email"]
    value: str
    slots: tuple[str, ...]
    risk: Risk


class ClaimPhone(msgspec.Struct, frozen=True):
    """Make the new phone the registered one that two officers granted, after its hold.

    slot: the code of this run that must hold.
    """

    account: str
    phone: str
    slot: str


class CancelAccount(msgspec.Struct, frozen=True):
    """Close `account` after the hold; then nobody signs in until an office opens it.

    why: a word of the list of reasons; words: the citizen's own, if it is none of them.
    slot: the code of this run that must hold.
    """

    account: str
    why: str
    words: str
    slot: str


class ShowData(msgspec.Struct, frozen=True):
    """Say what is held of this chat and of a proved account: what, why, until when."""

    account: str


class ExportData(msgspec.Struct, frozen=True):
    """Let {link} and {link_pdf} be pages with all that is held; the code `slot` must hold."""

    account: str
    slot: str


class EraseData(msgspec.Struct, frozen=True):
    """Erase this chat after this turn, with a certificate; the code `slot` must hold."""

    account: str
    slot: str


class Freeze(msgspec.Struct, frozen=True):
    """Stop all self-service on `account` until an office lifts it."""

    account: str


class OpenDossier(msgspec.Struct, frozen=True):
    """Hand a request in; a second one of the same kind returns the first one's reference.

    proved: the citizen has proved the account; otherwise the dossier belongs to the chat alone
    and holds nothing but what was typed.
    """

    kind: str
    account: str
    form: dict[str, str]
    proved: bool = True


class MoveDossier(msgspec.Struct, frozen=True):
    """The citizen withdraws a dossier, or answers the officer's question."""

    ref: str
    event: str
    text: str = ""


class ShowDossiers(msgspec.Struct, frozen=True):
    """Say the latest requests of this chat, each with its state and next date."""


# What can be looked up, and every text that may come of it.
RECORDS = {
    "card": ("record.card", "record.card_over", "record.card_none"),
    "history": ("record.history", "record.history_none"),
    "agency": ("record.agency", "record.agency_none"),
}


class ShowRecord(msgspec.Struct, frozen=True):
    """Say what the registry holds of a proved account; `record` is one of `RECORDS`."""

    account: str
    record: str


class KeepPhoto(msgspec.Struct, frozen=True):
    """Fetch and check the photo just sent; the procedure, but no officer, hears of the outcome."""

    file: str
    to_officer: bool = False


class ApplyChange(msgspec.Struct, frozen=True):
    """The hold of a change is over: make it, unless it was undone."""

    ref: str


class UndoChange(msgspec.Struct, frozen=True):
    """Take back the change whose undo code was typed, and freeze the account."""


class DecideDossier(msgspec.Struct, frozen=True):
    """An officer's decision on a dossier, as the event of the same name carries it."""

    decision: str


# Effects that act on an account. The exhaustive walk proves that none of them is ever
# asked for on a path without the right code.
Protected = (
    IssuePassword
    | SendPasswordLink
    | SetPassword
    | ChangeContact
    | ClaimPhone
    | CancelAccount
    | ExportData
    | EraseData
)
Shown = Say | ShowPicture | EraseMessage | ShowDossiers | ShowRecord | ShowData | OfferSignIn
Kept = GiveConsent | HandOver | Attend | Notice | OpenDossier | MoveDossier | KeepPhoto | Freeze
Beside = ApplyChange | UndoChange | DecideDossier | Rate  # whatever the conversation is about
Effect = Protected | Shown | Kept | Beside | SendCode | VoidCodes
