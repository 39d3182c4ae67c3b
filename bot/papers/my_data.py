"""A copy of one's own data, to be read and printed: what is held, section by section.

Refuses to interpret: it shows what the store holds, in the words in which it is held.
"""

from typing import NamedTuple

import msgspec

from bot.papers.sheet import NOTE, TITLE, Sheet
from bot.papers.words import Phrase, Words, in_viet_nam

SECTIONS = ("messages", "requests", "changes", "consents", "about_data")


class Entry(NamedTuple):
    """One thing that is held: since when, and what."""

    at: float
    says: list[str]


class Copy(msgspec.Struct, frozen=True):
    """All that is held of one person. account: the registry's fields that are on file."""

    made_at: float
    account: dict[str, str]
    messages: list[Entry]
    requests: list[Entry]
    changes: list[Entry]
    consents: list[Entry]
    about_data: list[Entry]


def pdf(copy: Copy, lang: str) -> bytes:
    """The paper."""
    return drawn(copy, lang, Words())


def drawn(copy: Copy, lang: str, words: Words) -> bytes:
    """The paper in these words."""
    title = words("my_data.title")
    sheet = Sheet(words, title, made=copy.made_at, lang=lang)
    sheet.said(title, TITLE)
    sheet.said(words.moment(copy.made_at), NOTE)
    sheet.heading(words("my_data.account"))
    for name, value in copy.account.items():
        sheet.row(words(f"my_data.field.{name}"), Phrase(value))
    for section in SECTIONS:
        _section(sheet, words, section, getattr(copy, section))
    return sheet.finish(words("my_data.nature"))


def _section(sheet: Sheet, words: Words, name: str, entries: list[Entry]) -> None:
    if not entries:
        return
    sheet.heading(words(f"my_data.{name}"))
    for entry in entries:
        said = "\n".join(filter(None, entry.says))
        sheet.row(Phrase(f"{in_viet_nam(entry.at):%H:%M %d/%m/%Y}"), Phrase(said))
