"""The tables of the ORM peer: what the bot's own guarantee needs, and no more.

`bytes` that say "sealed" hold AES-256-GCM values bound to table, row and column; "blind"
is a keyed hash. Spared: the columns and indexes that only claiming, purging and web pages
need.
"""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Root of the mapped classes."""


class Seen(Base):
    """An update that was handled."""

    __tablename__ = "seen"
    key: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]


class Conversation(Base):
    """Where a chat stands. account: blind. memo: sealed answers so far and buttons shown."""

    __tablename__ = "conversation"
    chat: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(default=0)
    said_at: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(default="menu")
    run: Mapped[int] = mapped_column(default=0)
    account: Mapped[bytes | None]
    memo: Mapped[bytes]


class Line(Base):
    """What was heard and said in one turn. words: sealed, both together."""

    __tablename__ = "transcript"
    chat: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]
    state: Mapped[str]
    words: Mapped[bytes]


class Outbound(Base):
    """A message to be sent after the commit. letter: sealed, address and body together.

    ref: idempotency key, which begins with the time of writing; one lane leaves in its
    order. Made here and not by the database, so that all messages of a turn are one insert.
    """

    __tablename__ = "outbound"
    ref: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    letter: Mapped[bytes]
    due: Mapped[float]
    status: Mapped[str]


class Challenge(Base):
    """The code of one run of a chat and how often it was guessed. account, destination: blind."""

    __tablename__ = "challenge"
    chat: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[bytes] = mapped_column(index=True)
    destination: Mapped[bytes]
    digest: Mapped[bytes]
    expires_at: Mapped[float]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[float | None]
    void_at: Mapped[float | None]
    decoy: Mapped[bool]


class Member(Base):
    """An account of the registry. account: blind. personal: sealed, one JSON object."""

    __tablename__ = "member"
    account: Mapped[bytes] = mapped_column(primary_key=True)
    personal: Mapped[bytes]
    password_hash: Mapped[str] = mapped_column(default="")
    password_until: Mapped[float | None]
    must_change: Mapped[bool] = mapped_column(default=False)


class Change(Base):
    """A contact that was given to an account; `after` is blind."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[bytes] = mapped_column(index=True)
    after: Mapped[bytes]
    at: Mapped[float]
    ended_at: Mapped[float | None]


class Consent(Base):
    """An answer to a consent question. wording: which text was agreed to."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int]
    purpose: Mapped[str]
    granted: Mapped[bool]
    wording: Mapped[str]
    at: Mapped[float]


class Link(Base):
    """A chat that has proved an account (blind)."""

    __tablename__ = "link"
    account: Mapped[bytes] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]


class Tally(Base):
    """Hits on one limit in one slice of time. key: blind."""

    __tablename__ = "tally"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    slice: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    at: Mapped[float]


class Audit(Base):
    """A record of the chain. mac: over the former mac and this record."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]
    kind: Mapped[str]
    who: Mapped[str]
    account: Mapped[bytes | None]
    detail: Mapped[str]
    mac: Mapped[bytes]


class AuditHead(Base):
    """The newest record's number and mac, authenticated: a cut-off tail shows."""

    __tablename__ = "audit_head"
    one: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    mac: Mapped[bytes]
    proof: Mapped[bytes]
