"""Guides: dated answers to questions, found by their wordings; moves no conversation.

They live in `bot/guides/*.toml`. An edited file counts at the next look after `EVERY` seconds;
a broken edit is logged and the last good version stays.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import structlog

from bot.clock import Clock
from bot.guide_index import Index

EVERY = 30.0
# Found on tests/bot/guides/asked.tsv, in steps of 0.05. SURE: the least share from which 99 in 100
# answers are the right ones. MAYBE: the least below which 95 in 100 of the other texts stay. Both
# one step higher, since held_out.tsv, which shaped no wording, is harder. From SURE a
# guide may answer, from MAYBE the best two be offered. `python -m benchmarks understanding`.
SURE, MAYBE = 0.6, 0.35
_log = structlog.get_logger()


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer: short, more, where it is from, and what it answers."""

    vi: str
    en: str
    more_vi: str
    more_en: str
    source: str
    checked: date
    owner: str
    asks_vi: list[str]
    asks_en: list[str]
    on: bool = True
    leads: str = ""

    def short(self, lang: str) -> str:
        """What stands in the chat."""
        return self.en if lang == "en" else self.vi

    def more(self, lang: str) -> str:
        """What the button "Xem thêm" shows."""
        return self.more_en if lang == "en" else self.more_vi

    @property
    def asks(self) -> list[str]:
        """What it answers, in any language."""
        return [*self.asks_vi, *self.asks_en]


class GuidesError(Exception):
    """A guide file cannot be read; the text names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class Found:
    """A guide and the share of the question that speaks for it; all shares make at most 1."""

    name: str
    guide: Guide
    score: float


class Guides:
    """The guides as they stand in their files now."""

    def __init__(self, clock: Clock, folder: Traversable | None = None) -> None:
        """Read all files; raises GuidesError, since at start there is no last good version."""
        self._clock = clock
        self._folder = folder or home()
        self._raw = _raw(self._folder)
        self._all = parsed(self._raw)
        self._looked = clock.now()

    def find(self, text: str) -> list[Found]:
        """The guides that answer the text, best first; see SURE and MAYBE."""
        self._look()
        index = _index(tuple((name, *each.asks) for name, each in self._all.items() if each.on))
        return [Found(name, self._all[name], score) for name, score in index.find(text)]

    def get(self, name: str) -> Guide | None:
        """One guide by name, unless it is gone or switched off."""
        self._look()
        guide = self._all.get(name)
        return guide if guide and guide.on else None

    def leading(self, flow: str) -> str:
        """The first guide about a procedure; "" for none."""
        self._look()
        found = (name for name, each in self._all.items() if each.on and each.leads == flow)
        return next(found, "")

    def all(self) -> Mapping[str, Guide]:
        """Every guide, switched off or not."""
        self._look()
        return self._all

    def title(self, name: str, lang: str) -> str:
        """The question that a guide answers, as its first wording puts it."""
        guide = self.get(name)
        asks = (guide.asks_en if lang == "en" else guide.asks_vi) if guide else []
        return asks[0][:1].upper() + asks[0][1:] if asks else ""

    def _look(self) -> None:
        now = self._clock.now()
        if now - self._looked < EVERY:
            return
        self._looked = now
        try:
            raw = _raw(self._folder)
            if raw == self._raw:
                return
            self._raw = raw
            self._all = parsed(raw)
        except (GuidesError, OSError) as error:
            _log.error("guides.broken", problem=str(error))


def home() -> Traversable:
    """Where the guides of the product live."""
    return files("bot") / "guides"


def load(folder: Traversable) -> dict[str, Guide]:
    """Every guide of a folder by its name; raises GuidesError."""
    return parsed(_raw(folder))


def parsed(raw: dict[str, bytes]) -> dict[str, Guide]:
    """The guides in these files; raises GuidesError naming the file."""
    found: dict[str, Guide] = {}
    for file, text in raw.items():
        try:
            table = tomllib.loads(text.decode("utf-8"))
            guides = msgspec.convert(table, dict[str, Guide])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise GuidesError(f"{file}: {error}") from None
        if twice := found.keys() & guides.keys():
            raise GuidesError(f"{file}: {sorted(twice)} stand in another file too")
        found |= guides
    if not found:
        raise GuidesError("no guides: the folder holds no .toml file with a guide in it")
    return found


@lru_cache(maxsize=2)
def _index(asked: tuple[tuple[str, ...], ...]) -> Index:
    """Made when first asked and kept for every engine; a name and its wordings each."""
    return Index({name: wordings for name, *wordings in asked})


def _raw(folder: Traversable) -> dict[str, bytes]:
    named = sorted((one.name, one) for one in folder.iterdir() if one.name.endswith(".toml"))
    return {name: one.read_bytes() for name, one in named}
