"""Digits said in words, as dictated to a phone or typed by ear: Vietnamese or English.

Usually only runs of four digits or more are read: a lone "ba" is a father, "năm" a year.
"""

import re
import unicodedata

from flows.checks.text import bare, fold

SHORTEST = 4

Run = list[re.Match[str]]


def digits_for_words(text: str, shortest: int = SHORTEST) -> str:
    """`text` with each run of at least `shortest` digit words in digits; all else as it was."""
    if sum(word in _DIGITS for word in fold(text).split()) < shortest:
        return text
    shown = _spelt_out(unicodedata.normalize("NFC", text))
    parts, end = [], 0
    for run in map(_trimmed, _runs(shown)):
        said = [_DIGITS.get(bare(word[0]), "") for word in run]
        inner = (bare(word[0]) for word in run[1:-1])
        said[1:-1] = [
            digit or _NOUGHT.get(word, "") for digit, word in zip(said[1:-1], inner, strict=True)
        ]
        if len(said) >= shortest and all(said):
            parts += [shown[end : run[0].start()], "".join(said)]
            end = run[-1].end()
    return "".join([*parts, shown[end:]])


def _runs(text: str) -> list[Run]:
    runs: list[Run] = [[]]
    for word in _WORD.finditer(text):
        if runs[-1] and not _BETWEEN.fullmatch(text, runs[-1][-1].end(), word.start()):
            runs.append([])
        # Words of counting stay in to spoil the run: "bốn mươi hai" is no row of digits.
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
_COUNTING = {"muoi", "tram", "nghin", "ngan", "linh", "le", "chuc", "trieu"}
_NOUGHT = {"linh": "0", "le": "0"}  # between two digits that are said one by one
_NEVER_FIRST = {"tu", "lam", "nham"}  # "from", "do", "mistaken"; as digits only behind others
_OTHER_WHEN_BARE = {"sau", "nam", "lam", "tu", "bay"}
