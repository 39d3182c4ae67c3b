"""What the console says: every file of `texts/`, Vietnamese and English with the same keys.

A page takes its words from here and from nowhere else; what citizens typed goes through `shown`.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGS = ("vi", "en")
_HERE = Path(__file__).parent / "texts"


@cache
def words(lang: str) -> Mapping[str, Any]:
    """All texts of one language, by file and key: `t.inbox.title` stands in texts/inbox.toml."""
    found: dict[str, Any] = {}
    for file in sorted(_HERE.glob("*.toml")):
        found[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))[lang]
    return found


def shown(text: str) -> str:
    """A stranger's text to be read: what is invisible or turns the line around is spelled out."""
    return "".join(letter if _is_plain(letter) else f"[U+{ord(letter):04X}]" for letter in text)


def _is_plain(letter: str) -> bool:
    return letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
