"""The rows of what citizens ask for beyond a password: changes of a contact, and dossiers.

Plain values, like those of `rows.py`. What a dossier's states mean is the procedures' business;
here a dossier is a row whose version counts up by one and whose form is opaque.
"""

import msgspec

NEWEST = 10  # dossiers of an account or a chat that a look shows


class Contact(msgspec.Struct, frozen=True, gc=False):
    """A member's new phone or e-mail. field: phone or email; value: "" when there is none."""

    account: bytes
    field: str
    value: str


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A member's new state: active, frozen or cancelled, and since when."""

    account: bytes
    state: str
    at: float


class Change(msgspec.Struct, frozen=True, gc=False):
    """A change of a contact, from the decision until nobody can undo it.

    before, after: the contact, sealed. Where an account is closed (field: state): why, and the
    state it comes to.
    cause: the procedure that asked for it.
    applies_at: when the hold is over; applied_at: when the contact was really changed.
    undo_mark: blind index of the undo code.
    ended_as: "" as long as it stands, then undone or refused.
    """

    ref: str
    account: bytes
    field: str
    before: str
    after: str
    chat: str
    cause: str
    decided_at: float
    applies_at: float
    applied_at: float | None
    undo_until: float
    undo_mark: bytes
    ended_at: float | None
    ended_as: str


class Dossier(msgspec.Struct, frozen=True, gc=False):
    """A request that officers finish. `form` is opaque to the store and sealed.

    version: 1 when it is opened, one more with every step.
    is_open: of each kind an account has at most one that is open.
    paused_at: since when its time has stood still, None while it runs.
    """

    ref: str
    kind: str
    account: bytes
    chat: str
    lang: str
    state: str
    version: int
    is_open: bool
    opened_at: float
    due_at: float | None
    paused_at: float | None
    form: bytes


class Edge(msgspec.Struct, frozen=True, gc=False):
    """One step in a dossier's life; never changed afterwards. `why` is sealed.

    version: of the dossier after the step.
    """

    ref: str
    version: int
    at: float
    source: str
    to: str
    who: str
    why: str


def to_officer(turn: int) -> int:
    """The `run` of a photo of no procedure: it belongs to this line of the transcript."""
    return -turn


class Photo(msgspec.Struct, frozen=True, gc=False):
    """A picture a citizen sent, re-encoded and sealed. dossier: "" until it is handed in.

    run: of the procedure; below zero for one that was sent to an officer: see `to_officer`.
    """

    ref: str
    chat: str
    run: int
    dossier: str
    at: float
    image: bytes
