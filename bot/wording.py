"""Text files -> what is said; refuses gaps, strangers and unknown holes at start.

Texts live in `flows/texts/common.toml` and `flows/texts/<procedure>.toml`, Vietnamese and
English side by side. A procedure's own text wins over the common one of the same key.
"""

import html
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter, Template
from typing import Any

from bot.notifier.gsm7 import septets
from bot.notifier.parcel import MailBody
from flows import common
from flows.checks import fold
from flows.dialogue import MENU
from flows.machine import Flow
from flows.model import start
from flows.table import KEEP

LANGS = ("vi", "en")
# What a hole may be called, with the longest value it can hold in an SMS.
HOLES = {
    "account": "0123456789",
    "again": "23:59 31/12",
    "channel": "Telegram",
    "checked": "31/12/2026",
    "code": "000000",
    "contact": "",
    "days": "3650",
    "given": "300",
    "hotline": "19009068",
    "hours": "",
    "kept": "",
    "label": "A7",
    "left": "5",
    "link": "https://vssid-bot.example.gov.vn/p/" + "A" * 22,
    "now": "23:59 31/12",
    "page_until": "23:59 31/12",
    "password": "abcd-efgh-jkmn",
    "pause": "23:59 31/12",
    "tail": "6789",
    "until": "23:59 31/12",
    "valid": "23:59 31/12",
    "words": "",
}
SMS_SEPTETS = 160
COMMON_BUTTONS = (common.PERSON, MENU, common.STOP, common.GO_ON, KEEP)


class WordingError(Exception):
    """The text files cannot be spoken from; `problems` names each file, key and mend."""

    def __init__(self, problems: list[str]) -> None:
        """`problems`: one line each."""
        super().__init__("\n".join(problems))
        self.problems = problems


class Wording:
    """Every text of the product, checked against the procedures that speak them."""

    def __init__(self, flows: Mapping[str, Flow], folder: Traversable | None = None) -> None:
        """Read and check the text files; raises WordingError naming every gap."""
        home = folder or files("flows") / "texts"
        self._flows = flows
        self._raw = {name: _load(home, name) for name in ("common", *flows)}
        self._texts = {
            (name, lang): dict(_flat(raw.get(lang, {})))
            for name, raw in self._raw.items()
            for lang in LANGS
        }
        problems = list(self._problems())
        if problems:
            raise WordingError(problems)
        self._mail = Template((files("bot") / "mail.html").read_text("utf-8"))
        self._merged = {
            (flow, lang): self._texts[("common", lang)] | self._texts.get((flow, lang), {})
            for flow in ("", *flows)
            for lang in LANGS
        }

    def text(self, flow: str, lang: str, key: str, holes: Mapping[str, str]) -> str:
        """One text with its holes filled."""
        return self._merged[(flow, lang)][key].format_map(holes)

    def label(self, flow: str, lang: str, event: str, holes: Mapping[str, str]) -> str:
        """What the button of `event` says."""
        owner, key = _button(flow, event)
        return self._merged[(owner, lang)][key].format_map(holes)

    def mail(self, flow: str, lang: str, key: str, holes: Mapping[str, str]) -> MailBody:
        """An e-mail: subject, plain text, and the same text as HTML."""
        subject = self.text(flow, lang, f"email.{key}.subject", holes)
        text = self.text(flow, lang, f"email.{key}.text", holes)
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
        page = self._mail.substitute(
            lang=lang, subject=html.escape(subject), paragraphs=paragraphs
        )
        return MailBody(subject, text, page)

    def digits_in_words(self, lang: str, digits: str) -> str:
        """Digits spelled out, for people who cannot see a picture."""
        names = self._raw["common"]["digits"][lang]
        return ", ".join(names[int(digit)] for digit in digits)

    def channel(self, name: str) -> str:
        """How a channel is called in a notice."""
        return str(self._raw["common"]["channel"][name])

    def commands(self, lang: str) -> list[tuple[str, str]]:
        """The commands of the chat's menu and what they do: procedures first."""
        tables = [self._raw[name].get(lang, {}).get("commands", {}) for name in self._flows]
        tables.append(self._raw["common"][lang]["commands"])
        return [(name, text) for table in tables for name, text in table.items()]

    def phrases(self) -> dict[tuple[str, str], frozenset[str]]:
        """(procedure or "", event) -> the words that mean the event: labels and synonyms."""
        found: dict[tuple[str, str], set[str]] = {}
        for name, raw in self._raw.items():
            flow = "" if name == "common" else name
            for event, words in raw.get("words", {}).items():
                found.setdefault((flow, event), set()).update(words)
            for lang in LANGS:
                for key, label in raw.get(lang, {}).get("button", {}).items():
                    event = start(flow) if key == "start" else f"tap:{key}"
                    if "{" not in label:
                        found.setdefault((flow, event), set()).add(fold(label))
        return {key: frozenset(words) for key, words in found.items()}

    # --- checks at start ---------------------------------------------------------

    def _problems(self) -> Iterator[str]:
        shared = {*common.SAYS, "picture_words", "button.share_phone"}
        shared |= {f"button.{event.removeprefix('tap:')}" for event in COMMON_BUTTONS}
        said = {name: _said(flow) for name, flow in self._flows.items()}
        said["common"] = shared.union(*said.values())
        for name, lang in self._texts:
            texts = self._texts[(name, lang)]
            elsewhere = self._texts[("common", lang)].keys()
            needed = shared if name == "common" else said[name] - elsewhere
            for key in sorted(needed - texts.keys()):
                yield f"{name}.toml: [{lang}] {key} is said but not written"
            for key in sorted(texts.keys() - said[name] - shared):
                if not key.startswith("commands."):
                    yield f"{name}.toml: [{lang}] {key} is written but never said; remove it"
            yield from _unfit(name, lang, texts)
        for name in self._raw:
            yield from self._differing(name)

    def _differing(self, name: str) -> Iterator[str]:
        vi, en = (self._texts[(name, lang)] for lang in LANGS)
        for key in sorted(vi.keys() & en.keys()):
            if _named(vi[key]) != _named(en[key]):
                yield f"{name}.toml: {key} has other holes in [vi] than in [en]"


def _unfit(name: str, lang: str, texts: Mapping[str, str]) -> Iterator[str]:
    for key, text in texts.items():
        for hole in sorted(_named(text) - HOLES.keys()):
            yield f"{name}.toml: [{lang}] {key} has an unknown hole {{{hole}}}"
        if key.startswith("sms.") and _too_long(text):
            yield f"{name}.toml: [{lang}] {key} does not fit one SMS of 160 septets"


def _said(flow: Flow) -> set[str]:
    """Every text key the procedure's table can say."""
    keys = {f"step.{state.value}" for state in flow.states} | set(flow.extra)
    keys |= {f"again.{state.value}" for state in flow.states if state not in flow.ends}
    keys |= {"button.start", *([f"commands.{flow.command}"] if flow.command else [])}
    for question in flow.asks.values():
        keys |= set(question.reader.says)
    for move in flow.moves:
        keys |= {key for do in move.do for key in do.says}
        if move.on.startswith("tap:") and move.on not in flow.hidden:
            keys.add(f"button.{move.on.removeprefix('tap:')}")
    return keys


def _button(flow: str, event: str) -> tuple[str, str]:
    kind, _, name = event.partition(":")
    return (name, "button.start") if kind == "start" else (flow, f"button.{name}")


def _named(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:  # a brace alone; its complaint is no name of a hole either
        return {str(error)}


def _too_long(text: str) -> bool:
    length = septets(text.format_map(HOLES)) if _named(text) <= HOLES.keys() else 0
    return length is None or length > SMS_SEPTETS


def _load(home: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((home / f"{name}.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise WordingError([f"{name}.toml is missing; every procedure has a text file"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordingError([f"{name}.toml: {error}"]) from None


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value).strip()
