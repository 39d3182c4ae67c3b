"""Ready replies: read once from a file, checked when the console starts, filled in for one chat.

A reply is offered, never sent by itself; what officers may not write, a ready reply may not say.
"""

import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from flows.checks import asks_for_secret

OURS = Path(__file__).parent / "replies.toml"
HOLES = frozenset({"officer", "procedure", "step"})
LONGEST = 800  # characters; with names filled in it still fits into a message


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reply in both languages, and its name in the list."""

    name: str
    vi: str
    en: str

    def filled(self, lang: str, holes: Mapping[str, str]) -> str:
        """In the citizen's language, with what is known of the conversation."""
        return (self.en if lang == "en" else self.vi).format_map(holes)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reply: tuple[Reply, ...]


class BadReplies(Exception):
    """The file cannot be used; the text says which reply and why."""


@cache
def replies(file: str = "") -> Sequence[Reply]:
    """All of a file, by default of our own. Raises BadReplies."""
    path = Path(file) if file else OURS
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).reply
    except (OSError, ValueError) as error:  # of TOML, of UTF-8, of its shape
        raise BadReplies(f"{path}: {error}") from None
    for reply in found:
        if wrong := next(filter(None, map(_wrong, (reply.vi, reply.en))), ""):
            raise BadReplies(f"{path}: {reply.name!r} {wrong}")
    return found


def _wrong(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        return f"has to have 1 to {LONGEST} characters"
    try:
        holes = {name for _, name, *_ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return "has a brace without its other half"
    if unknown := holes - HOLES:
        return f"names {{{min(unknown)}}}; there is {', '.join(sorted(HOLES))}"
    return "speaks of codes, passwords or bank data" if asks_for_secret(text) else ""
