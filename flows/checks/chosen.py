"""Which of two values somebody means who corrects a slip, or names the old one beside the new one.

Only what the text itself says about the two counts; where it says nothing, or both, neither is
taken and the question is asked again.
"""

import pkgutil
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from flows.checks.text import fold


def meant(text: str, values: Sequence[str]) -> str:
    """The one of two `values` that `text` says to take; "" where that is not clear.

    values: in their order in the text, numbers as bare digits.
    """
    if len(values) != 2:
        return ""
    marked = _GAP.sub("", text)
    for sign, value in zip(_SIGNS, values, strict=True):
        if marked.count(value) != 1:
            return ""
        marked = marked.replace(value, f" {sign} ")
    said = _folded(marked)
    if _EITHER.search(said):
        return ""
    # Said between the two, a word of regret speaks of the first.
    plain = _REGRET.sub(r"\1 wrong , ", said)
    right, wrong = (
        [any(way.search(plain) for way in ways[sign]) for sign in _SIGNS]
        for ways in (_RIGHT, _WRONG)
    )
    taken = [good and not bad for good, bad in zip(right, wrong, strict=True)]
    if taken[0] != taken[1]:
        return values[taken.index(True)]
    dropped = [bad and not good for good, bad in zip(right, wrong, strict=True)]
    return values[dropped.index(False)] if dropped[0] != dropped[1] else ""


def _folded(text: str) -> str:
    """Plain words, with a comma where the text makes a break."""
    return " , ".join(filter(None, map(fold, _BREAK.split(text))))


def _any(words: Sequence[str]) -> str:
    written = "|".join(words)
    if "{no}" in written:
        written = written.replace("{no}", _any(_WORDS["no"]))
    return f"(?:{written})"


def _ways_to_take(sign: str) -> tuple[re.Pattern[str], ...]:
    taken = _WORDS["taken"]
    spoilt = "".join(rf"(?<!\b{word} )" for word in taken["spoilt_by"])
    before = rf"\b(?:{_any(taken['before'])}|{spoilt}{_any(taken['unless'])}){_BESIDE} {sign}\b"
    after = rf"\b{sign}(?: {_any(taken['after_beside'])})* {_any(taken['after'])}\b"
    return re.compile(before), re.compile(rf"{after}(?! {_any(taken['not_before'])}\b)")


def _ways_to_drop(sign: str) -> tuple[re.Pattern[str], ...]:
    dropped = _WORDS["dropped"]
    before = rf"\b{_any(dropped['before'])}{_BESIDE} {sign}\b"
    after = rf"\b{sign}(?: {_any(dropped['after_beside'])})* {_any(dropped['after'])}\b"
    return re.compile(before), re.compile(after)


def _regret(sign: str) -> re.Pattern[str]:
    said = _WORDS["regret"]
    return re.compile(
        rf"\b({sign}) (?:(?:,|{_any(said['before'])}) )*{_any(said['words'])}(?: roi| mat)?\b"
        rf"(?! {_any(said['not_before'])})"
    )


def _either(sign: str) -> re.Pattern[str]:
    said = _WORDS["either"]
    return re.compile(rf"\b{sign} (?:, )?{_any(said['words'])}\b(?! {_any(said['not_before'])})")


_SIGNS = ("valueone", "valuetwo")
_BREAK = re.compile(r"[,;.!?()]+(?=\s|$)|\n")
_GAP = re.compile(r"(?<=\d)[ .\-\u2010-\u2015]+(?=\d)")
_WORDS: dict[str, Any] = tomllib.loads(
    (pkgutil.get_data(__package__, "chosen.toml") or b"").decode()
)
_BESIDE = rf"(?: {_any(_WORDS['beside'])})*"
_REGRET = _regret(_SIGNS[0])
_EITHER = _either(_SIGNS[0])
_RIGHT = {sign: _ways_to_take(sign) for sign in _SIGNS}
_WRONG = {sign: _ways_to_drop(sign) for sign in _SIGNS}
# Between the two it may belong to either: "… không phải …".
_WRONG[_SIGNS[0]] += (re.compile(rf"\bkhong phai{_BESIDE} {_SIGNS[0]}\b"),)
