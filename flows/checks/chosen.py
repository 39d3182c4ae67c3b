"""Which of two values somebody means who corrects a slip, or names the old one beside the new one.

Only what the text itself says about the two counts; where it says nothing, or both, neither is
taken and the question is asked again.
"""

import re
from collections.abc import Sequence

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
    # Said between the two, a word of regret speaks of the first.
    plain = _REGRET.sub(r"\1 wrong , ", _folded(marked))
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


_SIGNS = ("valueone", "valuetwo")
_BREAK = re.compile(r"[,;.!?()]+(?=\s|$)|\n")
_GAP = re.compile(r"(?<=\d)[ .\-\u2010-\u2015]+(?=\d)")
_REGRET = re.compile(
    r"\b(valueone) (?:(?:,|a|y|oi|ui|uh|um|o|ua|chet|e|ah|la) )*"
    r"(?:nham|lon|quen|nham roi|lon roi|sai roi|khong|sorry|oops|wait|no)(?: roi| mat)?\b"
    r"(?! (?:phai|chu|co|biet))"
)
_THING = r"(?: (?:la|so|email|mail|gmail|ma|cai|cua|toi|em|day|nay|thi|dia chi|is|the|one|my))*"
_NEW = (
    r"(?:moi|dung|dung la|lay|dung so|doi thanh|doi sang|sang|thanh|sua lai|sua thanh|gio|"
    r"bay gio|(?<!luc )(?<!hoi )(?<!ban )nay|ma la|ma|new|correct|actually|right|now|i mean|use|take)"
)
_OLD = (
    r"(?:cu|truoc|truoc day|hoi truoc|hoi xua|nham|go nham|ghi nham|nhap nham|sai|go sai|ghi sai|"
    r"hoi nay|ban nay|dung lay|dung dung|dung gui|bo so|khong xai|chu khong phai|khong phai la|khong lay|khong dung|"
    r"old|wrong|not|previous|former)"
)
_IS_NEW = r"(?: nay| do)?(?: (?:moi|la|so|is))* (?:moi dung|dung|moi|moi nhat|correct|right|new)"
_IS_OLD = (
    r"(?: (?:nay|do|thi|la|so|bi|da|is|was))*"
    r" (?:wrong|cu|sai|nham|het han|bi khoa|bi mat|mat roi|khong dung|khong xai|expired|old)"
)
_RIGHT = {
    sign: (
        re.compile(rf"\b{_NEW}{_THING} {sign}\b"),
        re.compile(rf"\b{sign}{_IS_NEW}\b(?! (?:la|so|thanh|sang|one|khong)\b)"),
    )
    for sign in _SIGNS
}
_WRONG: dict[str, tuple[re.Pattern[str], ...]] = {
    sign: (re.compile(rf"\b{_OLD}{_THING} {sign}\b"), re.compile(rf"\b{sign}{_IS_OLD}\b"))
    for sign in _SIGNS
}
# Between the two it may belong to either: "… không phải …".
_WRONG[_SIGNS[0]] += (re.compile(rf"\bkhong phai{_THING} {_SIGNS[0]}\b"),)
