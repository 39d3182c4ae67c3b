"""What goes into a step of a procedure and what comes out of it.

Everything here is a value: no clock, no randomness, no I/O. A flow asks for what it
wants done by returning effects; `bot/effects.py` turns each into rows and messages and
ends in `assert_never`, so an effect added here cannot be forgotten there.
"""

from typing import Any, Literal

import msgspec

# --- what happened -------------------------------------------------------------------
# Event names say who may raise them: only the citizen's last bubble raises "tap:", only a
# reader raises "read:", only the code check raises "code:", only the bot's own one-time
# page raises "web:", only the clock raises "clock:", only an officer raises "staff:".

TEXT = "text"
CONTACT = "contact"
OTHER = "other"
STALE = "stale"


def tap(name: str) -> str:
    """The event of a pressed (or typed) button, for example ``tap:resend``."""
    return f"tap:{name}"


def read(outcome: str) -> str:
    """The event a reader raises for typed text: ``read:ok`` or a reader's own word."""
    return f"read:{outcome}"


def code(outcome: str) -> str:
    """The event the code check raises: right, wrong, spent, expired, old or void."""
    return f"code:{outcome}"


def human(outcome: str) -> str:
    """The event of the human check: right or wrong."""
    return f"human:{outcome}"


def start(procedure: str) -> str:
    """The event that begins a procedure from the menu."""
    return f"start:{procedure}"


def web(outcome: str) -> str:
    """The event of a one-time page served by the bot itself."""
    return f"web:{outcome}"


OK = read("ok")


class Event(msgspec.Struct, frozen=True):
    """One thing that happened in a chat, already free of any platform's shape.

    kind: TEXT, CONTACT, OTHER, STALE, or a name made by `tap`, `web`, …
    text: what was typed, or the sender's own phone number for CONTACT.
    fresh: False for forwarded, via-bot or edited text, which may never carry a code.
    """

    kind: str
    text: str = ""
    fresh: bool = True


class CodeCheck(msgspec.Struct, frozen=True):
    """Result of comparing a typed code: count first, compare, then consume."""

    result: Literal["right", "wrong", "spent", "expired", "old", "void"]


class Allowance(msgspec.Struct, frozen=True):
    """Whether one more code may be sent now, and whether the limits are close."""

    granted: bool
    near: bool = False
    soon: bool = False  # refused only because a code left for this contact moments ago
    alive: bool = False  # soon, and it is the very code that is asked for, still good


class OnFile(msgspec.Struct, frozen=True):
    """What the registry holds for an account that has just proved itself."""

    phone: bool
    email: bool


class Facts(msgspec.Struct, frozen=True):
    """What a step is told; fetched for a whole batch by `bot/facts.py`."""

    resumed: bool = False  # the citizen comes back after a long silence
    code: CodeCheck | None = None
    sending: Allowance | None = None
    human: bool | None = None  # the human check was answered rightly
    human_policy: Literal["always", "near", "never"] = "never"
    password_by: Literal["temporary", "link"] = "temporary"
    on_file: OnFile | None = None


class CheckCode(msgspec.Struct, frozen=True):
    """Count, compare and consume the digits typed for one code of this run."""

    slot: str
    digits: str


class CheckHuman(msgspec.Struct, frozen=True):
    """Compare the answer to the picture of this run."""

    answer: str


class MaySend(msgspec.Struct, frozen=True):
    """Ask all sending budgets for one more code to `contact` on behalf of `account`."""

    slot: str
    account: str
    contact: str


Want = CheckCode | CheckHuman | MaySend


class Say(msgspec.Struct, frozen=True):
    """Say a text of the procedure's text file; all of a turn becomes one bubble."""

    key: str
    holes: dict[str, str] = {}


class SendCode(msgspec.Struct, frozen=True):
    """Send a one-time code for `purpose` to `contact`, if it is on file for `account`.

    An account or a contact the registry does not know gets a decoy: same rows, same
    time, no message (security rules R26 and R27).
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


# Effects that act on an account. The exhaustive walk proves that none of them is ever
# asked for on a path without the right code.
Protected = IssuePassword | SendPasswordLink | SetPassword
Shown = Say | ShowPicture | EraseMessage
Kept = GiveConsent | HandOver | Notice
Effect = Protected | Shown | Kept | SendCode | VoidCodes


class Talk(msgspec.Struct, frozen=True):
    """Where one chat stands. An empty `flow` means: at the menu.

    turn: number of bubbles said so far; a button belongs to the bubble that showed it.
    run: the turn in which the running procedure began; names its codes.
    choices: the events the last bubble offered, in the order of their numbers.
    misses: answers in a row that were not understood.
    """

    turn: int = 0
    lang: str = "vi"
    flow: str = ""
    version: int = 0
    state: str = ""
    run: int = 0
    draft: Any = None
    choices: tuple[str, ...] = ()
    misses: int = 0
