"""The rows a store takes and gives: plain values, one class a table or a question.

Structs rather than dataclasses, since a turn makes a dozen of them.
"""

import msgspec


class Conversation(msgspec.Struct, frozen=True, gc=False):
    """Where one chat stands; `memo` is opaque to the store and sealed.

    account: blind index of the account the running procedure speaks of, if any.
    said_at: when the last bubble was said; its buttons age from here.
    """

    chat: str
    turn: int
    said_at: float
    lang: str
    flow: str
    version: int
    state: str
    run: int
    account: bytes | None
    memo: bytes


class Challenge(msgspec.Struct, frozen=True, gc=False):
    """One one-time code of one run; the digits are derived, never stored.

    counter: how many codes were issued under it; the newest is the only one that counts.
    tries: evaluated guesses over all of them, never reset.
    decoy: the pair of account and contact is not on file; nothing is ever sent or accepted.
    """

    chat: str
    run: int
    slot: str
    purpose: str
    account: bytes
    destination: bytes
    counter: int
    sent_at: float
    expires_at: float
    tries: int
    used_at: float | None
    void_at: float | None
    decoy: bool


class Password(msgspec.Struct, frozen=True, gc=False):
    """A new password hash for one account."""

    account: bytes
    password_hash: str
    password_until: float | None
    must_change: bool


class Consent(msgspec.Struct, frozen=True, gc=False):
    """The answer to one consent question, with the wording it was given to."""

    chat: str
    purpose: str
    granted: bool
    wording: str
    at: float


class Line(msgspec.Struct, frozen=True, gc=False):
    """One turn of the transcript: what was heard and what was said; codes already masked.

    state: the place where it was heard and, behind a `>`, what came of it, if anything did.
    """

    chat: str
    turn: int
    at: float
    state: str
    heard: str
    said: str

    @property
    def place(self) -> str:
        """Procedure and step where it was heard."""
        return self.state.partition(">")[0]


class Act(msgspec.Struct, frozen=True, gc=False):
    """Something the audit chain must remember. No personal datum in `detail`."""

    at: float
    kind: str
    who: str
    account: bytes | None = None
    detail: str = ""


class Outbound(msgspec.Struct, frozen=True, gc=False):
    """A message that must leave after the commit.

    ref: random, unique; the same on every try, so that a gateway can drop a repeat.
    lane: messages of one lane leave in the order they were written.
    body: opaque to the store, sealed, erased as soon as the message is settled.
    dies_at: after this the message is worthless and must not be sent.
    run, slot, counter: the code that the sender has to put in, if any.
    keep: if it cannot be delivered, its letter stays until it dies, so that somebody may send it
    again; written, never read back.
    """

    ref: str
    lane: str
    channel: str
    to: str
    body: bytes
    due: float
    dies_at: float
    chat: str = ""
    run: int = 0
    slot: str = ""
    counter: int = 0
    keep: bool = False


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """An outbound message claimed for sending. `fence` must be shown again to settle it."""

    id: int
    fence: int
    tries: int
    created_at: float
    message: Outbound
    challenge: Challenge | None  # as it stands at the claim


class Settlement(msgspec.Struct, frozen=True, gc=False):
    """How one try ended. status: sent, dead, or waiting (then `due` is the next try)."""

    id: int
    fence: int
    tries: int
    status: str
    at: float
    due: float
    sender: str
    detail: str


class Tally(msgspec.Struct, frozen=True, gc=False):
    """`n` hits on a limit's key. `slice`: the second from which they no longer count."""

    key: bytes
    slice: int
    n: int


class Page(msgspec.Struct, frozen=True, gc=False):
    """A one-time web page, known by the hash of its token."""

    token_hash: bytes
    chat: str
    run: int
    account: bytes
    purpose: str
    expires_at: float
    used_at: float | None = None


class Link(msgspec.Struct, frozen=True, gc=False):
    """A chat that has proved an account by a code; it is told of later changes.

    lang: what its conversation speaks, as far as that is known; read, never written.
    """

    account: bytes
    chat: str
    at: float
    lang: str = ""


class HandOverRequest(msgspec.Struct, frozen=True, gc=False):
    """A citizen asked for a person at this step, or an officer took the chat there.

    officer: who has it, "" as long as nobody does. number: the store's, 0 before it has one.
    """

    chat: str
    at: float
    flow: str
    state: str
    reason: str
    officer: str = ""
    taken_at: float | None = None
    ended_at: float | None = None
    number: int = 0


class SetAside(msgspec.Struct, frozen=True, gc=False):
    """An event that could not be handled even alone; kept for a person to look at."""

    key: str
    chat: str
    at: float
    error: str
    payload: bytes


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A handled update; kept longer than any platform redelivers."""

    key: str
    at: float


class Backlog(msgspec.Struct, frozen=True, gc=False):
    """How far behind the notifier is. oldest_due: None when nothing is overdue."""

    waiting: int
    oldest_due: float | None


class Retention(msgspec.Struct, frozen=True, gc=False):
    """Seconds that each kind of row is kept (config.toml, [retention])."""

    seen: float
    challenges: float
    transcript: float
    outbound: float
    tallies: float  # after their slice has ceased to count
    abandoned: float  # answers of a procedure nobody came back to
    changes: float  # of a contact, after they were decided
    photos: float  # after their dossier was closed
    dossiers: float  # after they were closed
    asides: float  # events that could not be handled (rule R63)
    evidence: float  # consents, and requests about one's own data

    @property
    def strays(self) -> float:
        """Pictures that were never handed in go after two days, whatever the settings say."""
        return 2 * 86_400.0
