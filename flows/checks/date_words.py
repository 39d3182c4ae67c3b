"""Days and years said in words: "hai mươi bảy tháng mười năm một chín tám tám"; without accents.

Only where the words cannot be anything else: a day in front of its month or behind "ngày", a year
of this century or the last one. The month's own word is left to `dates`.
"""

import re

_UNITS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
# Five is another word behind a ten; "nam" there is the year that follows.
_BEHIND_TEN = {word: n for word, n in _UNITS.items() if word != "nam"} | {"lam": 5, "nham": 5}
_TENS = {"muoi": 10} | {f"{word} muoi": 10 * n for word, n in _UNITS.items() if n > 1}
_WHOLE = _TENS | {
    f"{ten} {unit}": tens + n for ten, tens in _TENS.items() for unit, n in _BEHIND_TEN.items()
}
_HAM = {f"ham {unit}": 20 + n for unit, n in _UNITS.items()}  # short for twenty
# "hai bảy": the twenty-seventh.
_BRIEF = {
    f"{ten} {unit}": 10 * tens + n
    for ten, tens in (("hai", 2), ("ba", 3))
    for unit, n in _BEHIND_TEN.items()
}
# Also those that no month has: the end of "ba mươi hai" is no twelfth.
_DAYS = _UNITS | _WHOLE | _BRIEF | _HAM


def _longest_first(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_DAY = re.compile(
    rf"\b(?:(ngay|mung|mong) (?:mung |mong )?({_longest_first(_DAYS)})\b(?! tram| muoi)"
    rf"|({_longest_first(_DAYS)})(?= (?:thang|thg)\b))"
)
# "bảy lăm": seventy-five. A unit alone needs its "linh": "chín trăm bảy" may be 1907 or 1970.
_PAIRS = {
    f"{ten} {unit}": 10 * tens + n
    for ten, tens in _UNITS.items()
    for unit, n in (_UNITS | _BEHIND_TEN).items()
    if tens > 1
}
_LAST_CENTURY = re.compile(
    r"\b(?:(?:mot )?(?:nghin|ngan) chin tram"
    rf"(?: (?:linh|le) ({_longest_first(_UNITS)})| ({_longest_first(_WHOLE | _PAIRS)}))"
    rf"|mot chin ({_longest_first(_WHOLE)}))\b"
)
_THIS_CENTURY = re.compile(
    rf"\bhai (?:nghin|ngan)(?: khong tram)?(?: linh| le)?"
    rf"(?: ({_longest_first(_UNITS | _WHOLE)}))?\b"
)


def in_figures(plain: str) -> str:
    """`plain` (small letters without accents) with such days and years in figures."""
    last = _UNITS | _WHOLE | _PAIRS
    plain = _LAST_CENTURY.sub(lambda m: str(1900 + last[m[1] or m[2] or m[3]]), plain)
    plain = _THIS_CENTURY.sub(lambda m: str(2000 + (_UNITS | _WHOLE).get(m[1], 0)), plain)
    return _DAY.sub(lambda m: f"{m[1] or 'ngay'} {_DAYS[m[2] or m[3]]}", plain)
