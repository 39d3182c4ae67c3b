"""`vssid-bot guides`: the answers there are, and what is wrong with them."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from cyclopts import App

import flows
from bot.clock import SteadyClock
from bot.commands.opening import say
from bot.guides import Guide, GuidesError, home, load
from flows.checks import fold

SHORT, MORE = 2, 600
WORDS = 45  # of the answer in the chat
WORDINGS = {"asks_vi": 4, "asks_en": 2}
SENTENCE = re.compile(r"[.!?](?:\s|$)")

app = App(name="guides", help="The answers to questions: list them, check them.")


@app.command(name="list")
def list_() -> None:
    """Name, switch, date checked and procedure of every guide."""
    for name, guide in load(home()).items():
        state = "on" if guide.on else "off"
        say(f"{name}: {state}, checked {guide.checked}, {guide.owner} {guide.leads}".rstrip())


@app.command
def lint(folder: Path | None = None, *, months: int = 12) -> int:
    """Name what is wrong in FOLDER; a guide not checked for MONTHS is stale."""
    try:
        guides = load(folder or home())
    except GuidesError as error:
        say(str(error))
        return 1
    found = list(problems(guides, _today(), months))
    for line in found:
        say(line)
    return 1 if found else 0


def problems(guides: dict[str, Guide], today: date, months: int) -> Iterator[str]:
    """One line for each thing to mend."""
    known, banned = set(flows.discover()), _banned()
    asked: dict[str, str] = {}
    for name, guide in guides.items():
        yield from (f"{name}: {what}" for what in _texts(guide, banned))
        yield from (f"{name}: {what}" for what in _abbreviated(guide))
        yield from (f"{name}: {what}" for what in _facts(guide, known, today, months))
        for ask in guide.asks:
            if (other := asked.setdefault(fold(ask), name)) and other != name:
                yield f"{name}: {ask!r} is also asked by {other}"
            elif sum(fold(ask) == fold(one) for one in guide.asks) > 1:
                yield f"{name}: {ask!r} stands twice"


def _texts(guide: Guide, banned: list[str]) -> Iterator[str]:
    for key in ("vi", "en", "more_vi", "more_en"):
        text = getattr(guide, key)
        if not text.strip():
            yield f"{key} is missing"
        if not key.startswith("more") and len(SENTENCE.findall(text)) > SHORT:
            yield f"{key} has more than {SHORT} sentences; move the rest to more_{key}"
        if not key.startswith("more") and len(text.split()) > WORDS:
            yield f"{key} has more than {WORDS} words; move some to more_{key}"
        if len(text) > MORE:
            yield f"{key} has more than {MORE} characters"
        for word in banned:
            if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                yield f"{key} says {word!r}; say it in plain words"


def _abbreviated(guide: Guide) -> Iterator[str]:
    text = f"{guide.vi} {guide.more_vi}"
    for short, full in _spelled_out().items():
        if short in text and full not in text.casefold():
            yield f"says {short!r} and nowhere what it stands for"


def _facts(guide: Guide, known: set[str], today: date, months: int) -> Iterator[str]:
    if not guide.on:
        yield "is switched off; switch it on or take it out"
    if guide.leads and guide.leads not in known:
        yield f"leads to {guide.leads!r}, which is no procedure"
    age = (today.year - guide.checked.year) * 12 + today.month - guide.checked.month
    if age >= months or guide.checked > today:
        yield f"was checked on {guide.checked}; check it against its source and date it"
    if not (guide.source.strip() and guide.owner.strip()):
        yield "has no source or no owner"
    for key, least in WORDINGS.items():
        if len(getattr(guide, key)) < least:
            yield f"{key} has fewer than {least} wordings"


def _banned() -> list[str]:
    return list(_words("banned.toml")["banned"])


def _spelled_out() -> dict[str, str]:
    return dict(_words("banned.toml")["spelled_out"])


def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((files("bot") / "guides" / "words" / name).read_text("utf-8"))


def _today() -> date:
    return datetime.fromtimestamp(SteadyClock().now(), UTC).date()
