"""What somebody typed into the search: blind indexes to look up, or the name of a request.

Numbers and addresses are never compared in clear; a part of one finds nothing.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_REFERENCE = re.compile(r"HS-\d{6}-[A-Z0-9]{6}")


class Search(NamedTuple):
    """marks: blind indexes; ref: a dossier's reference or a request's number."""

    marks: tuple[bytes, ...]
    ref: str


def searched(typed: str, index: Callable[[str, str], bytes]) -> Search:
    """What to look for."""
    text = typed.strip()
    if found := _REFERENCE.fullmatch(text.upper()):
        return Search((), found[0])
    if "@" in text:
        return Search((index("email", text.lower()),), "")
    digits = re.sub(r"[\s.+-]", "", text)
    if not (digits.isascii() and digits.isdigit()):
        return Search((), "")
    if len(digits) < 9:
        return Search((), digits)
    return Search(tuple(index(kind, value) for kind, value in _readings(digits)), "")


def _readings(digits: str) -> list[tuple[str, str]]:
    """All that a long number may be."""
    read = [("bhxh", digits), ("national", digits)]
    national = digits.removeprefix("84").removeprefix("0")
    return [*read, ("phone", f"+84{national}")]
