"""What is sent outside the conversation: every SMS fits, every e-mail is sound, notices are plain.

Lengths are taken with the shortest and the longest values that the product itself can make; how
a mail looks can only be looked at.
"""

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from string import Formatter

import pytest
from pydantic import ValidationError

from bot import masks, passwords
from bot.changes import PAIRS
from bot.desk import Desk
from bot.notices import plain
from bot.notifier.gsm7 import SINGLE, septets
from bot.sections import Help
from bot.wording_checks import HOLES, LANGS
from flows.dossier import REASONS
from flows.sayings import NOTICES
from flows.words import Words
from tests.bot.town import LAN, MAI, MORNING, Town
from tests.play import procedures, wording

DAY = 86_400
WORDS_IN_CHAT, WORDS_IN_SENTENCE = 45, 15
SENTENCE = re.compile(r"[.?!:;](?:\s|$)|\n")
# Also as an SMS writes them, without diacritics.
BANNED = re.compile(
    r"\b(bạn|quý khách|quy khach|vui l[òo]ng|xin l[ỗo]i|rất tiếc|kh[ôo]ng h[ợo]p l[ệe]"
    r"|lỗi hệ thống|hệ thống lỗi|otp|session|timeout|please|sorry|oops|(in)?valid)\b",
    re.IGNORECASE,
)  # fmt: skip
ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(vn|com|org|net)\b", re.IGNORECASE)

# What is filled in whenever a notice is sent, and what only some kinds have besides.
ALWAYS = {"tail", "now", "today", "channel", "hotline"}
OPEN = {"new", "undo", "undo_until"}
SOME = {
    "contact_changed": OPEN,
    "contact_will_change": OPEN | {"applies"},
    "contact_changed_now": {"new"},
    "contact_change_refused": {"new"},
    "account_frozen": {"ref"},
    **{kind: {"ref", "due"} for kind in NOTICES if kind.startswith("dossier_")},
}
REASONED = ("dossier_needs_info", "dossier_verifying", "dossier_rejected")


def _ends(values: Iterator[str]) -> tuple[str, str]:
    """The shortest and the longest."""
    known = sorted(values, key=len)
    return known[0], known[-1]


def _hotlines() -> Iterator[str]:
    for length in range(1, SINGLE):
        try:
            yield Help(hotline="1" * length).hotline
        except ValidationError:
            continue


def _times() -> Iterator[str]:
    return (Desk.clock_time(MORNING + after, MORNING) for after in range(0, 60 * DAY, 3_601))


def _days() -> Iterator[str]:
    # The day may have been written for a chat of the other language.
    week = [date(2026, 12, 1) + timedelta(days) for days in range(7)]
    return (plain(wording().day(lang, day)) for lang in LANGS for day in week)


def _reasons() -> Iterator[str]:
    return (
        plain(wording().text("my_dossiers", lang, f"reason.{key}", {}))
        for lang in LANGS
        for key in REASONS
    )


_NOW = Desk.clock_time(MORNING, MORNING)
_MASKED = masks.phone(LAN.phone)
_TIMES = _ends(_times())
EXTREMES: Mapping[str, tuple[str, str]] = {
    "channel": _ends(map(wording().channel, wording()._raw["common"]["channel"])),
    "code": ("000000", "999999"),
    "due": _ends(_days()),
    "hotline": _ends(_hotlines()),
    "label": ("A7", "Y9"),
    "link": ("https://a.vn/p/" + "A" * 22, HOLES["link"]),
    "new": (_MASKED, _MASKED),
    "now": (_NOW, _NOW),
    "password": ("a2bc-defg-hjkm", passwords.temporary(lambda n: bytes(range(n)))),
    "reason": _ends(_reasons()),
    "ref": ("HS-261122-ABCDEG", "HS-261231-A7K2M9"),
    "today": ("22/11", "22/11"),
    "tail": (LAN.bhxh_number[-4:], MAI.bhxh_number[-4:]),
    "undo": ("A2" * PAIRS, "Y9" * PAIRS),
    **dict.fromkeys(("applies", "page_until", "undo_until", "until", "valid"), _TIMES),
}


def _extremes(name: str, hole: str) -> tuple[str, str]:
    """What a hole of this text file may hold at the least and at the most."""
    if masked := procedures()[name].masks.get(hole) if name in procedures() else "":
        assert masked == "contact", f"{name}.toml: {{{hole}}} has no known length in an SMS"
        return EXTREMES["new"]
    family, _, slot = hole.partition("_")
    return EXTREMES[family if slot and family in ("label", "until") else hole]


TEXTS = [
    (name, lang, key, text)
    for (name, lang), texts in wording()._texts.items()
    for key, text in texts.items()
]
SMS = [each for each in TEXTS if each[2].startswith("sms.")]
MAILS = [each for each in TEXTS if each[2].startswith("email.") and each[2].endswith(".text")]


def _ids(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [" ".join(row[:-1]) for row in rows]


def _holes(text: str) -> list[str]:
    return sorted({hole for _, hole, _, _ in Formatter().parse(text) if hole})


# --- every SMS and every e-mail of the product --------------------------------


@pytest.mark.parametrize(("name", "lang", "key", "text"), SMS, ids=_ids(SMS))
def test_an_sms_fits_whatever_fills_it(name: str, lang: str, key: str, text: str) -> None:
    """One part of GSM-7, with every combination of the shortest and the longest values."""
    holes = _holes(text)
    for values in itertools.product(*({*_extremes(name, hole)} for hole in holes)):
        filled = plain(text.format_map(dict(zip(holes, values, strict=True))))
        length = septets(filled)
        assert length is not None, f"{name}.toml: [{lang}] {key} is not GSM-7: {filled}"
        assert length <= SINGLE, f"{name}.toml: [{lang}] {key} takes {length}: {filled}"


@pytest.mark.parametrize("hole", sorted(HOLES.keys() & {h for *_, t in SMS for h in _holes(t)}))
def test_the_check_at_start_counts_with_the_longest_value(hole: str) -> None:
    """Else a text passes the start that the sender refuses on the day somebody needs it."""
    longest = _extremes("common", hole)[1]
    assert len(HOLES[hole]) >= len(longest), f"HOLES[{hole!r}] can be {longest!r}"


async def test_the_values_are_those_of_the_product(town: Town) -> None:
    """What the lengths are taken with is what the product makes."""
    made = town.engine.desk.dossier_ref(town.clock.now())
    assert {len(ref) for ref in EXTREMES["ref"]} == {len(made)}
    assert {len(word) for word in EXTREMES["password"]} == {len(EXTREMES["password"][1])}
    for undo in EXTREMES["undo"]:
        assert Words.of(f"KHÔNG {undo}").undo_code == undo


class _Page(HTMLParser):
    """An e-mail as a reader shows it; complains of what is not well-formed."""

    VOID = ("meta",)

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen = {"title": "", "p": ""}
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(page)
        self.close()
        assert not self.open, f"<{self.open[-1]}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        if tag in self.seen:
            self.seen[tag] += "\n"

    def handle_data(self, data: str) -> None:
        for tag in self.seen.keys() & {*self.open}:
            self.seen[tag] += data


HOSTILE = '<script src="//evil.example"></script> & "x" \'y\' </p></div>\n\n{hotline} $lang'


@pytest.mark.parametrize(("name", "lang", "key", "text"), MAILS, ids=_ids(MAILS))
def test_a_mail_is_sound(name: str, lang: str, key: str, text: str) -> None:
    """Well-formed, in its language, filled, the same in both forms, nothing from outside."""
    kind = key.removeprefix("email.").removesuffix(".text")
    flow = "" if name == "common" else name
    filled = HOLES | {"code": "482913", "why": HOSTILE, "new": "n***@" + "mail." * 10 + "vn"}
    mail = wording().mail(flow, lang, kind, filled)
    page = _Page(mail.html)
    assert ("html", "lang", lang) in page.attributes
    assert page.seen["title"].strip() == mail.subject
    assert page.seen["p"].split() == mail.text.split()
    for said in (mail.subject, mail.text.replace(HOSTILE, "")):
        assert not re.search(r"[{}$]", said), f"{name}.toml: [{lang}] {key}: {said}"
    addresses = re.findall(r"(?:https?:)?//[^\s\"'<>]+", mail.html.replace(HOLES["link"], ""))
    assert [each for each in addresses if "evil.example" not in each] == []
    assert not ADDRESS.search(text), f"{name}.toml: [{lang}] {key} names an address"


def test_the_page_of_a_mail_brings_nothing_from_outside() -> None:
    """No picture, font, script or form: nothing to load, to track, or to be blocked."""
    page = (files("bot") / "mail.html").read_text("utf-8")
    assert not re.search(r"\b(src|href|action|url|import|script|form|img)\b\s*[(=>]", page)
    assert {*re.findall(r"\$(\w+)", page)} == {"lang", "subject", "paragraphs"}


# --- the notices ------------------------------------------------------------------


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value).strip()


_FILE = tomllib.loads((files("flows") / "texts/notices.toml").read_text("utf-8"))
NOTICED = [(lang, key, text) for lang in LANGS for key, text in _flat(_FILE[lang])]

NOTICED = [each for each in NOTICED if not each[1].startswith("reason.")]

each_text = pytest.mark.parametrize(("lang", "key", "text"), NOTICED, ids=_ids(NOTICED))


def complaints(key: str, text: str) -> list[str]:
    """What a reader would stumble over; a hole counts as one word."""
    read = re.sub(r"\{\w+\}", "x", text)
    found = [f"says {word[0]!r}" for word in BANNED.finditer(read)]
    if key.startswith("chat.") and len(read.split()) > WORDS_IN_CHAT:
        found.append(f"{len(read.split())} words")
    lengths = [(len(sentence.split()), sentence) for sentence in SENTENCE.split(read)]
    long = [(words, sentence) for words, sentence in lengths if words > WORDS_IN_SENTENCE]
    return found + [f"{words} words in a sentence: {sentence}" for words, sentence in long]


@each_text
def test_a_notice_is_plain(lang: str, key: str, text: str) -> None:
    """Short sentences, short bubbles, none of the words that the house does without."""
    assert complaints(key, text) == [], f"[{lang}] {key}"


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("chat.x", "Một hai ba. " * 16, "48 words"),
        ("sms.x", "Ma khong hop le.", "says 'khong hop le'"),
        ("email.x.text", "Quý khách nhận OTP.", "says 'OTP'"),
        ("email.x.text", "{why} a b c d e f g h i j k l m n o.", "16 words in a sentence"),
    ],
)
def test_what_is_not_plain_is_found(key: str, text: str, words: str) -> None:
    """The reader above stumbles where a reader would."""
    assert any(words in each for each in complaints(key, text))


@each_text
def test_a_notice_names_only_what_is_filled_in(lang: str, key: str, text: str) -> None:
    """An unfilled hole would stop the whole turn; an officer's words may be long, never an SMS."""
    way, *_ = key.split(".")
    kind = key.removesuffix(".subject").removesuffix(".text").rpartition(".")[2]
    known = ALWAYS | SOME.get(kind, set())
    if way != "sms" and kind in REASONED:
        known |= {"why"}
    if kind == "dossier_rejected":
        known |= {"reason"}
    if way == "chat" and kind.startswith("dossier_"):
        known -= {"tail"}  # the bubble may go to a chat that never named an account
    assert {*_holes(text)} <= known, f"[{lang}] {key}"


@each_text
def test_a_notice_says_where_to_ask(lang: str, key: str, text: str) -> None:
    """The hotline stands in every form; a link, an address or a name in none."""
    assert "{hotline}" in text or key.endswith(".subject"), f"[{lang}] {key}"
    assert not ADDRESS.search(text), f"[{lang}] {key}"


@each_text
def test_an_undo_code_stands_as_it_is_typed(lang: str, key: str, text: str) -> None:
    """Behind the word that the bot listens for, which is the same in every language."""
    if "{undo}" not in text:
        assert "undo_until" not in text
        return
    line = re.search(r"KH[OÔ]NG \{undo\}", text)
    assert line, f"[{lang}] {key}"
    undo = EXTREMES["undo"][0]
    assert Words.of(line[0].format(undo=undo)).undo_code == undo
    assert "{undo_until}" in text


def test_all_kinds_are_there_in_three_forms() -> None:
    """Nothing is told by one way that the others would keep back."""
    forms = ("sms.{}", "chat.{}", "email.{}.subject", "email.{}.text")
    wanted = {form.format(kind) for form in forms for kind in NOTICES}
    for lang in LANGS:
        told = {key for key, _ in _flat(_FILE[lang]) if not key.startswith("reason.")}
        assert told == wanted


def test_every_reason_is_written() -> None:
    """An officer can only choose what both languages have, and they have nothing else."""
    for lang in LANGS:
        assert tuple(_FILE[lang]["reason"]) == REASONS


@pytest.mark.parametrize("lang", LANGS)
def test_a_notice_that_tells_when_tells_the_day(lang: str) -> None:
    """A message may be read days later: wherever the hour stands, the day stands beside it."""
    said = {"vi": r"\{now\} ng[aà]y \{today\}|\{now\} \{today\}", "en": r"\{now\} (on )?\{today\}"}
    for key, text in _flat(_FILE[lang]):
        assert len(re.findall(said[lang], text)) == text.count("{now}"), f"[{lang}] {key}"
