"""The tables of the ORM peer: the least that gives the bot's own guarantee."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Root of the mapped classes."""

    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own word


class Seen(Base):
    """An update that was handled."""

    __tablename__ = "seen"
    key: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]


class Conversation(Base):
    """Where a chat stands."""

    __tablename__ = "conversation"
    chat: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    draft: Mapped[dict[str, Any]]
    at: Mapped[float]


class Line(Base):
    """What was heard and said in one turn."""

    __tablename__ = "transcript"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    at: Mapped[float]
    heard: Mapped[str]
    said: Mapped[str]


class Outbound(Base):
    """A message to be sent after the commit."""

    __tablename__ = "outbound"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    recipient: Mapped[str]
    body: Mapped[dict[str, Any]]
    due: Mapped[float]
    status: Mapped[str] = mapped_column(default="waiting")


class Challenge(Base):
    """The newest code of a chat and how often it was guessed."""

    __tablename__ = "challenge"
    chat: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    tries: Mapped[int]
    expires_at: Mapped[float]


class Member(Base):
    """An account of the registry."""

    __tablename__ = "member"
    number: Mapped[str] = mapped_column(primary_key=True)
    phone: Mapped[str]
    password_hash: Mapped[str]
    password_until: Mapped[float]
