"""Readers of places: one of the 34 provinces, also by an older name, and the office in it.

The names are in `provinces.toml`. Whether there is such a ward or office is not decided here.
"""

import pkgutil
import re
import tomllib

from flows.checks.phrases import named, pattern
from flows.checks.reader import Got, Reader, Refused
from flows.checks.text import bare, composed, fold, looks_like_question
from flows.checks.words import LINK, is_latin

SHORTEST_PLACE, LONGEST_PLACE = 4, 120

_WRITTEN = tomllib.loads((pkgutil.get_data(__package__, "provinces.toml") or b"").decode())
_NOW: dict[str, str] = {said: name for name, all_ in _WRITTEN["now"].items() for said in all_}
_MERGED: dict[str, str] = {old: row["now"] for old, row in _WRITTEN["before"].items()}
_NAMES = _NOW | {said: old for old, row in _WRITTEN["before"].items() for said in row["said"]}


def _province(text: str) -> Got | Refused:
    folded = fold(text)
    # A street in most towns, and no province.
    folded = folded.replace("dien bien phu", "")
    found = list(dict.fromkeys(named(folded, _NAMES, _FIND, unless=_NOT_THERE)))
    provinces = {_MERGED.get(name, name) for name in found}
    if len(provinces) > 1:
        return Refused("error.province_two")
    if not provinces:
        return Refused("error.province_none")
    (province,) = provinces
    old = [name for name in found if name in _MERGED]
    # The old name stays beside the new one: whoever wrote it knows no other.
    return Got(f"{province} ({old[0]} cũ)" if len(old) == len(found) == 1 else province)


province = Reader(_province, ("error.province_none", "error.province_two"))


def _agency(text: str) -> Got | Refused:
    place = composed(text).strip(" ,;.")
    if LINK.search(bare(place)):
        return Refused("error.agency_link")
    if len(place) > LONGEST_PLACE:
        return Refused("error.agency_long", {"given": str(len(place))})
    letters = sum(c.isalpha() for c in place)
    if letters < SHORTEST_PLACE or looks_like_question(place) or _UNKNOWN.search(fold(place)):
        return Refused("error.agency_short")
    fits = _PLACE.fullmatch(place) and is_latin(place)
    return Got(place) if fits else Refused("error.agency_signs")


# A ward or commune, a street in it, or the office itself: "phường Hải Châu", "BHXH cơ sở Đống Đa".
agency = Reader(
    _agency,
    ("error.agency_link", "error.agency_long", "error.agency_short", "error.agency_signs"),
    loose=True,
)

_FIND = pattern(_NAMES)
# "từ Hà Nội vào Huế", "phường Thái Bình, Tây Ninh", "không phải Hà Nội": not where one is going.
_NOT_THERE = re.compile(
    r"\b(?:tu|khong phai|khong o|khong|not|from|leaving|dang o|hien o|truoc o"
    r"|duong|pho|phuong|xa|quan|huyen|thi tran|quoc lo|nguyen) $"
)
# Whoever does not know is told where the name stands; no officer could use "không biết".
_UNKNOWN = re.compile(
    r"\b(?:(?:khong|chua|ko|k) (?:biet|ro|nho)|don t know|do not know|not sure|no idea"
    r"|gap (?:can bo|nhan vien|nguoi))\b"
)
_PLACE = re.compile(r"(?:[^\W_]|[ ,./()'\-:])+")
