"""Whether somebody's message is official, is not, or cannot be told; always with reasons.

Pure: a text and the list of what is known to be official go in, a verdict comes out. "Official"
is only what is on the list through and through and names neither codes nor money; a fraud is told
by what it asks for and by where its links lead. It never calls anything safe, and opens nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Any

import msgspec

from flows.checks import Got, Reader, Refused, asks_for_secret, looks_like_question, visible
from flows.checks.text import bare
from flows.links import LISTED, MOST, UNKNOWN, Listed, Names, kind, parts, twins
from flows.model import OK, Judged, start
from flows.signs import DATA, clauses, signs
from flows.table import AskPasted, Question

_REASONS: Any = DATA["reasons"]
HARD, SOFT = frozenset(_REASONS["hard"]), frozenset(_REASONS["soft"])
REASONS: tuple[str, ...] = tuple(dict.fromkeys(chain.from_iterable(_REASONS.values())))
UNKNOWNS = frozenset(_REASONS["unknowns"])
NAMES = msgspec.convert(DATA["links"], Names)
PASTED = start("scam_check")  # its value: the message, if one came along
LONGEST = 4096  # characters; what stands behind them is not read, so such a text is not official
FEW_WORDS, MESSAGE_WORDS = 4, 8


def judge(text: str, listed: Listed) -> Judged:
    """What to think of a message that somebody sent the citizen."""
    plain, whole = _plain(text)
    links, rest = parts(plain, NAMES)
    kinds = {kind(link, listed, NAMES) for link in links[:MOST]}
    kinds |= {UNKNOWN} if len(links) > MOST else set()
    numbers = {_number(run, listed) for run in _RUN.findall(_DATE.sub(" ", rest))} - {""}
    personal = "messenger" in kinds or _calls_mobile(rest, listed)
    said = signs(clauses(twins(plain)), personal=personal)
    against = (kinds | numbers | said) - {LISTED, "secret"}
    against |= {"hidden"} if _disguised(text) else set()
    if against & HARD or _is_trick(against):
        return _judged("not_official", against)
    secret = "secret" in said or asks_for_secret(twins(plain))
    against |= {"holds_secret"} if secret else set()
    against |= set() if whole else {"too_much"}
    against |= {"unsure"} if _UNSURE.search(rest) else set()
    known = LISTED in kinds | numbers
    if known and not against:
        return _judged("official", {LISTED})
    against |= {"sender_name"} if any(name.lower() in plain for name in listed.senders) else set()
    return _judged("unclear", against or {"nothing_known"})


def passed_on(text: str, *, fresh: bool) -> bool:
    """Whether a text that means nothing else is somebody's message: forwarded, or pasted."""
    plain, _ = _plain(text)
    if _TELLS.search(bare(plain)):
        return False
    links, rest = parts(plain, NAMES)
    pages = [link.host for link in links if not isinstance(link, str)]
    count = len(rest.split())
    # Citizens name the state's own pages when they tell of their troubles.
    strange = any(not host.endswith(tuple(f".{name}" for name in NAMES.state)) for host in pages)
    if strange or (pages and (not fresh or not count)):
        return True
    if not fresh:
        return count >= FEW_WORDS or _MOBILE.search(rest) is not None
    personal = _MOBILE.search(rest) is not None
    said = signs(clauses(plain), personal=personal) - _WEAK
    # Citizens speak of locked accounts and passwords, too; nobody of three tricks at once.
    return count >= MESSAGE_WORDS and len(said) >= _TRICKS


def came_along(command: str, text: str, question: Question | None, secret: str) -> tuple[str, str]:
    """Kind and value of a command; with this procedure's own a message may come along.

    secret: the kind of a text that holds a password.
    """
    passed = text.partition(" ")[2].strip()
    if command != PASTED or text.startswith("/start") or not passed:
        return command, ""
    if _TELLS.search(bare(_plain(passed)[0])):
        return secret, ""
    return (OK if isinstance(question, AskPasted) else PASTED), passed


def _pasted(text: str) -> Got | Refused:
    plain, _ = _plain(text)
    links, rest = parts(plain, NAMES)
    if _TELLS.search(bare(plain)):
        return Refused("error.pasted_none")
    number = any(len(run) > _SHORT for run in _RUN.findall(rest))
    said = looks_like_question(plain) or len(rest.split()) < MESSAGE_WORDS
    enough = links or number or not said or signs(clauses(plain), personal=False) - _WEAK
    return Got(text) if enough else Refused("error.pasted_none")


# Somebody's message, whole: nearly anything is one.
pasted = Reader(_pasted, ("error.pasted_none",), longest=LONGEST, raw=True, loose=True)


def _judged(verdict: Any, reasons: Iterable[str]) -> Judged:  # noqa: ANN401 - one of three words
    return Judged(verdict, tuple(sorted(reasons, key=REASONS.index)))


def _is_trick(reasons: set[str]) -> bool:
    """Two signs of different kinds, one of them a way to reach whoever wrote it."""
    soft = reasons & SOFT
    strangers = soft & UNKNOWNS
    return len(soft - strangers) + bool(strangers) > 1 and bool(soft - _PRESSURE)


def _plain(text: str) -> tuple[str, bool]:
    """A text in small letters as it is seen, and whether that is all of it."""
    seen = text[:LONGEST]
    if not seen.isascii():
        seen = unicodedata.normalize("NFKC", seen.translate(_VAST))
        seen = "".join(str(unicodedata.decimal(c, c)) for c in seen[:LONGEST])
    lines = (visible(line) for line in seen.splitlines())
    lower = unicodedata.normalize("NFC", "\n".join(lines).lower()).translate(_DOTS)
    return _SPELT_DOT.sub(".", lower)[:LONGEST], len(text) <= LONGEST


def _disguised(text: str) -> bool:
    """Whether it has letters or digits that only look like others, or that nobody can see."""
    if any(not c.isprintable() and unicodedata.category(c) in _UNSEEN for c in _told(text)):
        return True
    foreign = (c.isdecimal() and not c.isascii() for c in text)
    return not text.isascii() and (_TWINS.search(text) is not None or any(foreign))


def _told(text: str) -> str:
    """A text without what is rightly not seen: ends of lines, and joints between emoji."""
    return _JOINTS.sub("", text)


def _number(run: str, listed: Listed) -> str:
    """What a number is: LISTED, "" where it is no number to reach anybody, or the reason."""
    digits = re.sub(r"\D", "", run)
    national = _CODE.sub("0", digits) if len(digits) > _NATIONAL else digits
    if digits in listed.numbers or national in listed.numbers:
        return LISTED
    if len(digits) < _SHORT or _YEAR.fullmatch(run.strip()):
        return ""
    return "unknown_number" if _PHONE.fullmatch(national) else "other_digits"


def _calls_mobile(rest: str, listed: Listed) -> bool:
    found = (re.sub(r"\D", "", each[0]) for each in _MOBILE.finditer(rest))
    return any(_CODE.sub("0", digits) not in listed.numbers for digits in found)


# A password with its value stands in it: that is kept nowhere, whoever wrote it.
_TELLS = re.compile(
    r"\b(?:mat khau|password|pass|mk)\b[\w ]{0,30}(?:\s*[:=]\s*|\s(?:la|is)\s+)"
    r"(?!https?:|www\.)(?=\S*\d)\S{4,}"
)
_TRICKS = 3
_WEAK = frozenset({"secret"})
_PRESSURE = frozenset({"threat", "lure", "hidden"})
_NATIONAL, _SHORT = 10, 4
_VAST = str.maketrans({"\ufdfa": " ", "\ufdfb": " "})  # one sign, a whole sentence
_DOTS = str.maketrans("\u3002\uff0e\uff61\u2024\u00b7\u2022\u2215\u2044", "......//")
_SPELT_DOT = re.compile(r"[ ]?[\[({][ ]?(?:\.|dot|cham)[ ]?[\])}][ ]?")
# What looks like a link and was not read as one: it may be a slip of the pen, or it may not.
_UNSURE = re.compile(r"\w[.@][^\W\d]|xn--|%[0-9a-f]{2}|://")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_JOINTS = re.compile(r"[\t\r\n]|(?<!\w)\u200d")
# Signs that are read as those of a keyboard, or as nothing.
_TWINS = re.compile(
    "[\u034f\u115f\u1160\u2024\u2460-\u24ff\u3002\u3164\uff01-\uff5e\uff61\uffa0\U0001d400-\U0001d7ff]"
)
_DATE = re.compile(r"\b\d{1,2}/\d{1,2}/20\d\d\b")
_YEAR = re.compile(r"20\d\d")
_CODE = re.compile(r"^(?:00)?84(?=\d{8,10}$)")
_RUN = re.compile(r"\+?\d(?:[ .\-\u2010-\u2015]{0,2}\d)*")
_MOBILE = re.compile(r"(?<!\d)(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8}(?!\d)")
_PHONE = re.compile(r"0[235789]\d{8,9}|1[89]00\d{4,6}|[4-9]\d{3}")
