"""What papers say, from texts.toml, and times and days as people say them.

A paper speaks Vietnamese; each of its words has its English beside it, for chats in English. What
a citizen typed is never translated. Refuses (KeyError) what is not written there.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

LANGS = ("vi", "en")
VIET_NAM = timedelta(hours=7)  # one zone, no summer time


class Phrase(NamedTuple):
    """One thing said in Vietnamese, and in English where there is English for it."""

    vi: str
    en: str = ""


class Words:
    """Every text of the papers."""

    def __call__(self, key: str, **holes: str | Phrase) -> Phrase:
        """One text with its holes filled, in each language with its own."""
        return Phrase(
            *(self._text(lang, key).format_map(_side(holes, n)) for n, lang in enumerate(LANGS))
        )

    def listed(self, key: str) -> list[Phrase]:
        """All texts of one list, in order."""
        count = sum(name.startswith(f"{key}.") for name in keys("vi"))
        return [self(f"{key}.{number}") for number in range(count)]

    def day(self, day: date) -> Phrase:
        """A day with its name: nobody has to look at a calendar."""
        return self(
            "time.day",
            weekday=self(f"time.weekday.{day.weekday()}"),
            month=self(f"time.month.{day.month - 1}"),
            day=f"{day.day:02}",
            year=f"{day.year:04}",
        )

    def moment(self, at: float) -> Phrase:
        """A minute in Viet Nam, with its day."""
        there = in_viet_nam(at)
        return self(
            "time.moment",
            hour=str(there.hour),
            minute=f"{there.minute:02}",
            day=self.day(there.date()),
        )

    def _text(self, lang: str, key: str) -> str:
        return keys(lang)[key]


def unbroken(text: str) -> str:
    """Text that stays on one line; for what is dialled or copied."""
    return text.replace(" ", "\u00a0")


def in_viet_nam(at: float) -> datetime:
    """What clock and calendar show there."""
    return datetime.fromtimestamp(at, UTC) + VIET_NAM


@cache
def keys(lang: str) -> Mapping[str, str]:
    """Every text of one language by its key, holes unfilled."""
    texts = tomllib.loads((files("bot.papers") / "texts.toml").read_text("utf-8"))
    return dict(_flat(texts[lang]))


def _flat(table: Any, prefix: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - TOML
    if isinstance(table, str):
        yield prefix.removesuffix("."), table.strip()
        return
    items = table.items() if isinstance(table, dict) else enumerate(table)
    for name, value in items:
        yield from _flat(value, f"{prefix}{name}.")


def _side(holes: Mapping[str, str | Phrase], number: int) -> dict[str, str]:
    return {
        name: value[number] if isinstance(value, Phrase) else value
        for name, value in holes.items()
    }
