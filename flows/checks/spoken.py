"""Digits said in words, as dictated to a phone or typed by ear: Vietnamese or English.

One by one, or by twos and threes as numbers: "bốn tám, hai mươi chín, mười ba". Usually only runs
of four digits or more are read: a lone "ba" is a father, "năm" a year. Thousands are no digits.
"""

import re
import unicodedata

from flows.checks.text import bare, fold

SHORTEST = 4

Run = list[re.Match[str]]


def digits_for_words(text: str, shortest: int = SHORTEST) -> str:
    """`text` with each run of at least `shortest` digit words in digits; all else as it was."""
    if sum(word in _DIGITS or word in _COUNTING for word in fold(text).split()) < shortest:
        return text
    shown = _spelt_out(unicodedata.normalize("NFC", text))
    parts, end = [], 0
    for run in map(_trimmed, _runs(shown)):
        digits = _figures(run)
        if len(digits) >= shortest:
            parts += [shown[end : run[0].start()], digits]
            end = run[-1].end()
    return "".join([*parts, shown[end:]])


def _figures(run: Run) -> str:
    """The digits of a run; "" where they are not clear, as in "bốn trăm hai" (402 or 420)."""
    said, end = "", run[0].start() if run else 0
    for word in run:
        apart = "," if word.string[end : word.start()].strip() else ""
        said += apart + (_TEN if _is_ten(word[0]) else _SIGN.get(bare(word[0]), "?"))
        end = word.end()
    for number, figures in _NUMBERS:
        said = number.sub(figures, said)
    return said if said.isdigit() else ""


def _is_ten(word: str) -> bool:
    """Whether it is the number ten, by its accent; "mươi" are the tens of what stands before."""
    return bare(word) == "muoi" and _GRAVE in unicodedata.normalize("NFD", word)


def _runs(text: str) -> list[Run]:
    runs: list[Run] = [[]]
    for word in _WORD.finditer(text):
        if runs[-1] and not _BETWEEN.fullmatch(text, runs[-1][-1].end(), word.start()):
            runs.append([])
        # Thousands stay in to spoil the run: "hai nghìn không trăm" is no row of digits.
        if bare(word[0]) in _DIGITS or bare(word[0]) in _COUNTING:
            runs[-1].append(word)
        else:
            runs.append([])
    return runs


def _trimmed(run: Run) -> Run:
    """`run` without words at its ends that only look like digits."""
    while run and bare(run[0][0]) in _NEVER_FIRST:
        run = run[1:]
    # Who writes accents at all writes them here, too: "mã sau" is "the code after".
    accented = not all(word[0].isascii() for word in run)
    while accented and run[0][0].lower() in _OTHER_WHEN_BARE:
        run = run[1:]
    while accented and run[-1][0].lower() in _OTHER_WHEN_BARE:
        run = run[:-1]
    return run


def _spelt_out(text: str) -> str:
    text = _TWICE.sub(lambda m: " ".join([m[2]] * (2 if m[1].lower() == "double" else 3)), text)
    while (spelt := _REPEATED.sub(_repeated, text)) != text:
        text = spelt
    return text


def _repeated(found: re.Match[str]) -> str:
    """Read "ba số tám" as "tám tám tám"; only behind a digit, since "ba" is a father too."""
    before, times, digit = found.groups()
    if bare(before) not in _DIGITS or bare(digit) not in _DIGITS:
        return found[0]
    return " ".join([before, *[digit] * int(_DIGITS[bare(times)])])


_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\s,.\-\u2010-\u2015]*")
_TWICE = re.compile(r"\b(double|triple)[\s-]+([a-z]+)\b", re.IGNORECASE)
_REPEATED = re.compile(
    r"\b([^\W\d_]+)[\s,]+(hai|ba|b\u1ed1n|bon|t\u01b0)\s+(?:s\u1ed1|so|con)\s+([^\W\d_]+)",
    re.IGNORECASE,
)
_VIETNAMESE = (
    ("khong", "kong", "hong", "ko"), ("mot",), ("hai",), ("ba",), ("bon", "tu"),
    ("nam", "lam", "nham"), ("sau",), ("bay",), ("tam",), ("chin",),
)  # fmt: skip
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = {
    word: str(digit)
    for digit, words in enumerate(zip(_VIETNAMESE, _ENGLISH, strict=True))
    for word in (*words[0], words[1])
}
_COUNTING = {"muoi", "tram", "nghin", "ngan", "linh", "le", "chuc", "trieu", "oh"}
# t: ten itself; y: tens of what stands before; h: hundreds; l: nought; a comma: a pause.
_TEN, _GRAVE = "t", "\u0300"
_SIGN = _DIGITS | {"muoi": "y", "tram": "h"} | dict.fromkeys(("linh", "le", "oh"), "l")
_UNIT = "([1-9])(?![hy])"  # otherwise it begins the next number
_NUMBERS = tuple(
    (re.compile(number), figures)
    for number, figures in (
        (rf"([1-9])h([1-9])y{_UNIT}", r"\1\2\3"),
        (r"([1-9])h([1-9])y", r"\g<1>\g<2>0"),
        (rf"([1-9])hl{_UNIT}", r"\g<1>0\2"),
        (r"([1-9])h[ty]", r"\1t"),
        (r"([1-9])h(?!\d(?!h))", r"\g<1>00"),
        (rf"([1-9])y{_UNIT}", r"\1\2"),
        (r"([1-9])y", r"\g<1>0"),
        (rf"[ty]{_UNIT}", r"1\1"),
        (r"[ty]", "10"),
        (r"(?<=\d)l(?=\d)", "0"),  # between two digits that are said one by one
        (",", ""),
    )
)
# "From", "do", "mistaken", two names, a sigh; as digits only behind others.
_NEVER_FIRST = {"tu", "lam", "nham", "linh", "le", "oh"}
_OTHER_WHEN_BARE = {"sau", "nam", "lam", "tu", "bay"}
