"""Text files -> what is said; refuses gaps, strangers and unknown holes at start.

Texts live in `flows/texts/common.toml` and `flows/texts/<procedure>.toml`, Vietnamese and
English side by side. A procedure's own text wins over the common one of the same key.
"""

import html
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

from bot.notifier.parcel import MailBody
from bot.wording_checks import LANGS, problems
from flows.checks import fold
from flows.machine import Flow
from flows.model import start

SHARED = ("notices", "paying")


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
        # What several procedures say has files of its own: notices, and how benefits are paid.
        for shared in SHARED:
            _add(self._raw["common"], _load(home, shared))
        self._texts = {
            (name, lang): dict(_flat(raw.get(lang, {})))
            for name, raw in self._raw.items()
            for lang in LANGS
        }
        found = list(problems(self._flows, self._texts))
        if found:
            raise WordingError(found)
        self._mail = Template((files("bot") / "mail.html").read_text("utf-8"))
        self._merged = {
            (flow, lang): self._texts[("common", lang)] | self._texts.get((flow, lang), {})
            for flow in ("", *flows)
            for lang in LANGS
        }
        self._plain = {at: texts | _short_forms(texts) for at, texts in self._merged.items()}

    def text(
        self, flow: str, lang: str, key: str, holes: Mapping[str, str], *, plain: bool = False
    ) -> str:
        """One text with its holes filled; `plain`: its short form, where it has one."""
        texts = self._plain if plain else self._merged
        written = texts[(flow, lang)][key]
        return written.format_map(holes) if "{" in written else written

    def title(self, flow: str, lang: str) -> str:
        """What a procedure is called; an unknown one (of another version) by its own name."""
        return self._merged.get((flow, lang), {}).get("button.start", flow)

    def label(self, flow: str, lang: str, event: str, holes: Mapping[str, str]) -> str:
        """What the button of `event` says."""
        owner, key = _button(flow, event)
        written = self._merged[(owner, lang)][key]
        return written.format_map(holes) if "{" in written else written

    def mail(self, flow: str, lang: str, key: str, holes: Mapping[str, str]) -> MailBody:
        """An e-mail: subject, plain text, and the same text as HTML."""
        subject = self.text(flow, lang, f"email.{key}.subject", holes)
        text = self.text(flow, lang, f"email.{key}.text", holes)
        raw = html.escape(self._merged[(flow, lang)][f"email.{key}.text"]).split("\n\n")
        paragraphs = "".join(f"<p>{part.format_map(_Shown(holes))}</p>" for part in raw)
        page = self._mail.substitute(
            lang=lang, subject=html.escape(subject), paragraphs=paragraphs
        )
        return MailBody(subject, text, page)

    def digits_in_words(self, lang: str, digits: str) -> str:
        """Digits spelled out, for people who cannot see a picture."""
        names = self._raw["common"]["digits"][lang]
        return ", ".join(names[int(digit)] for digit in digits)

    def day(self, lang: str, day: date) -> str:
        """A day as people say it: "thứ Sáu 28/11/2026"."""
        return f"{self._raw['common']['weekdays'][lang][day.weekday()]} {day:%d/%m/%Y}"

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


class _Shown(dict[str, str]):
    """Each hole by its name, so that the page can show a code large and a number unbroken."""

    def __getitem__(self, name: str) -> str:
        return f'<span class="{name}">{html.escape(super().__getitem__(name))}</span>'


def _short_forms(texts: Mapping[str, str]) -> dict[str, str]:
    return {key.removeprefix("short."): t for key, t in texts.items() if key.startswith("short.")}


def _button(flow: str, event: str) -> tuple[str, str]:
    kind, _, name = event.partition(":")
    if kind in ("guide", "more"):
        return "", f"button.{kind}"
    return (name, "button.start") if kind == "start" else (flow, f"button.{name}")


def _load(home: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((home / f"{name}.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise WordingError([f"{name}.toml is missing; every procedure has a text file"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordingError([f"{name}.toml: {error}"]) from None


def _add(to: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay one table of tables over another."""
    for key, value in more.items():
        if isinstance(value, dict):
            _add(to.setdefault(key, {}), value)
        else:
            to[key] = value


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value).strip()
