"""What goes into a step of a procedure and what comes out of it.

Everything here is a value: no clock, no randomness, no I/O. What comes out besides where the
chat stands now are effects (`flows/effects.py`).
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
PHOTO = "photo"
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


def file(outcome: str) -> str:
    """What became of a photo that was sent: ``file:kept``, or why it could not be."""
    return f"file:{outcome}"


def web(outcome: str) -> str:
    """The event of a one-time page served by the bot itself."""
    return f"web:{outcome}"


OK = read("ok")


class Event(msgspec.Struct, frozen=True):
    """One thing that happened in a chat, already free of any platform's shape.

    kind: TEXT, CONTACT, PHOTO, OTHER, STALE, or a name made by `tap`, `web`, …
    text: what was typed; the sender's own phone number for CONTACT; the platform's id of the
    file for PHOTO; what an event from outside carries.
    fresh: False for forwarded, via-bot or edited text, which may never carry a code.
    """

    kind: str
    text: str = ""
    fresh: bool = True


class CodeCheck(msgspec.Struct, frozen=True):
    """Result of comparing a typed code: count first, compare, then consume.

    slot: whose code it was, if it was right.
    """

    result: Literal["right", "wrong", "spent", "expired", "old", "void"]
    slot: str = ""


class Allowance(msgspec.Struct, frozen=True):
    """Whether one more code may be sent now, and whether the limits are close."""

    granted: bool
    near: bool = False
    soon: bool = False  # refused only because a code left for this contact moments ago
    alive: bool = False  # soon, and it is the very code that is asked for, still good


class OnFile(msgspec.Struct, frozen=True):
    """What the registry holds for an account that has proved itself, never the values.

    old: the member is of an age that gets the plain mode by itself.
    """

    phone: bool
    email: bool
    name: bool = False
    birth_date: bool = False
    national_id: bool = False
    old: bool = False


class DossierView(msgspec.Struct, frozen=True):
    """A request of this chat or account, as far as a procedure must know it.

    mine: it belongs to the account that is named and proved, not just to the chat.
    """

    ref: str
    kind: str
    state: str
    version: int = 1
    mine: bool = False


class Judged(msgspec.Struct, frozen=True):
    """What a message that somebody else wrote is, and why: the gravest reason first."""

    verdict: Literal["official", "not_official", "unclear"]
    reasons: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True):
    """What a step is told; fetched for a whole batch by `bot/facts.py`."""

    resumed: bool = False  # the citizen comes back after a long silence
    code: CodeCheck | None = None
    sending: Allowance | None = None
    human: bool | None = None  # the human check was answered rightly
    human_policy: Literal["always", "near", "never"] = "never"
    password_by: Literal["temporary", "link"] = "temporary"
    on_file: OnFile | None = None
    at: float = 0  # now, in seconds since 1970; for remembering, not for deciding
    proof: str = ""  # the account this chat has proved and may still act for (R30)
    held: frozenset[str] = frozenset()  # codes of this run that were right and have not expired
    # Whether a name that was typed is the member's: "same", "other", or "unnamed" on file.
    owner: Literal["", "same", "other", "unnamed"] = ""
    cooling: bool = False  # a contact changed less than 72 hours ago (R19)
    dossiers: tuple[DossierView, ...] = ()  # the newest first
    linked: tuple[str, ...] = ()  # masked accounts that this chat has proved before
    officer: bool = False  # whoever attends to the chat is one of the officers
    undo: bool = False  # the undo code that was typed names a change that can be undone
    consents: tuple[str, ...] = ()  # procedures that this chat has agreed to, sorted
    judged: Judged | None = None  # the message of somebody else that was passed on


class CheckCode(msgspec.Struct, frozen=True):
    """Count, compare and consume the digits typed for one of these codes of this run."""

    slots: tuple[str, ...]
    digits: str


class CheckHuman(msgspec.Struct, frozen=True):
    """Compare the answer to the picture of this run."""

    answer: str


class MaySend(msgspec.Struct, frozen=True):
    """Ask all sending budgets for one more code to `contact` on behalf of `account`."""

    slot: str
    account: str
    contact: str


class LookUp(msgspec.Struct, frozen=True):
    """Read what a step needs besides: dossiers, cooling, owner, undo, queue, pasted and others."""

    what: str
    name: str = ""


Want = CheckCode | CheckHuman | MaySend | LookUp

# Where a code goes that must reach the account's own contact, whatever that is.
ON_FILE = "on_file:phone"
ON_FILE_EMAIL = "on_file:email"


class Proof(msgspec.Struct, frozen=True):
    """The account this chat has proved: when, and when it was last of use (R30)."""

    account: str
    at: float
    seen: float


class Parked(msgspec.Struct, frozen=True):
    """A procedure that was left for another one, to be taken up again where it stood."""

    flow: str
    version: int
    state: str
    run: int
    draft: Any


class Attended(msgspec.Struct, frozen=True):
    """A person was asked for, or has the conversation.

    flow: the procedure that was left for it. officer: who has it; the bot is silent then.
    writing: the next text is a message for the officer. answered: the officer has written.
    """

    flow: str = ""
    officer: str = ""
    writing: bool = False
    answered: bool = False


class Talk(msgspec.Struct, frozen=True):
    """Where one chat stands. An empty `flow` means: at the menu.

    turn: number of bubbles said so far; a button belongs to the bubble that showed it.
    run: the turn in which the running procedure began; names its codes.
    choices: the events the last bubble offered, in the order of their numbers.
    first: the number of the first of them; smaller ones name lines of a summary.
    misses: answers in a row that were not understood.
    parked: procedures left for this one, the latest last.
    plain: short texts and longer times, for those who want them.
    person: set from the wish for a person until an officer hands the conversation back.
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
    first: int = 1
    parked: tuple[Parked, ...] = ()
    proof: Proof | None = None
    plain: bool = False
    person: Attended | None = None
