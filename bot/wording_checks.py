"""What the text files must hold: everything that is said, nothing else, and no unknown hole.

Short forms for those who want them, SMS that fit, the same holes in both languages.
"""

from collections.abc import Iterator, Mapping
from string import Formatter

from bot.notifier.gsm7 import septets
from flows import common, sayings
from flows.common import MENU
from flows.machine import Flow
from flows.model import ON_FILE, ON_FILE_EMAIL
from flows.rating import RATES
from flows.table import KEEP, AskLine, Choose

LANGS = ("vi", "en")
WORDS_OF_A_SHORT_TEXT = 25
# What a hole may be called, with the longest value it can hold in an SMS. To these come the
# answers that a procedure lets its texts name, and the labels of its codes.
HOLES = {
    "account": "0123456789",
    "again": "23:59 31/12",
    "answer": "",
    "applies": "23:59 31/12",
    "agency": "",
    "card_until": "31/12/2026",
    "channel": "Telegram",
    "checked": "31/12/2026",
    "closes": "23:59",
    "chosen": "",
    "code": "000000",
    "contact": "",
    "days": "3650",
    "due": "Wednesday 31/12/2026",
    "given": "300",
    "hotline": "024 3789 9999",
    "hospital": "",
    "hours": "",
    "kept": "",
    "keep": "3650",
    "label": "A7",
    "left": "5",
    "lines": "",
    "listed": "31/12/2026",
    "link": "https://" + "a" * 42 + "/p/" + "A" * 22,  # of the longest http.public_url
    "link_pdf": "https://" + "a" * 42 + "/p/" + "A" * 22,
    "messages": "9999",
    "n": "9999",
    "notice": "",
    "now": "23:59",
    "officer": "",
    "opens": "23:59 Wednesday 31/12/2026",
    "page_until": "23:59 31/12",
    "password": "abcd-efgh-jkmn",
    "months": "11",
    "new": "09xx xxx 567",
    "pause": "23:59 31/12",
    "periods": "",
    "photos": "99",
    "place": "999",
    "prefix": "070",
    "procedure": "",
    "question": "",
    "queue": "",
    "reason": "The present book, card or number can still be used",
    "ref": "HS-261231-A7K2M9",
    "reply": "",
    "state": "",
    "summary": "",
    "tail": "6789",
    "to": "",
    "today": "31/12",
    "undo": "A7K2M9B4C3",
    "undo_until": "23:59 31/12",
    "until": "23:59 31/12",
    "valid": "23:59 31/12",
    "what": "so dien thoai",
    "why": "",
    "words": "",
    "years": "40",
    "since": "23:59 31/12/2026",
}
SMS_SEPTETS = 160
OUTSIDE_THE_CHAT = (
    "sms.", "email.", "chat.", "button.", "commands.", "short.", "line.", "state.",
    "certificate."
)  # fmt: skip
FREE_BUTTONS = ("button.guide", "button.more")
COMMON_BUTTONS = (
    common.PERSON, MENU, common.STOP, common.GO_ON, KEEP, common.LATER, common.DROP,
    common.MESSAGE, common.SERVICES, *RATES,
)  # fmt: skip


def problems(
    flows: Mapping[str, Flow], texts: Mapping[tuple[str, str], Mapping[str, str]]
) -> Iterator[str]:
    """Every gap, stranger and unknown hole of the text files, one line each.

    texts: (file, language) -> key -> text.
    """
    shared = {*sayings.SAYS, "picture_words", "button.share_phone", *FREE_BUTTONS}
    for kind in sayings.NOTICES:
        letters = (f"sms.{kind}", f"email.{kind}.subject", f"email.{kind}.text")
        shared |= {*letters, f"chat.{kind}"}
    shared |= {ON_FILE.replace(":", "."), ON_FILE_EMAIL.replace(":", ".")}
    shared |= {f"button.{event.removeprefix('tap:')}" for event in COMMON_BUTTONS}
    said = {name: _said(flow) for name, flow in flows.items()}
    said["common"] = shared.union(*said.values())
    for (name, lang), mine in texts.items():
        elsewhere = texts[("common", lang)].keys()
        needed = shared if name == "common" else said[name] - elsewhere
        for key in sorted(needed - mine.keys()):
            yield f"{name}.toml: [{lang}] {key} is said but not written"
        for key in sorted(mine.keys() - said[name] - shared):
            short = key.startswith("short.") and key.removeprefix("short.") in mine
            if not key.startswith("commands.") and not short:
                yield f"{name}.toml: [{lang}] {key} is written but never said; remove it"
        yield from _unfit(name, lang, mine, HOLES | answers_of(flows.get(name)))
        yield from _long(name, lang, mine)
    for name in ("common", *flows):
        yield from _differing(name, *(texts[(name, lang)] for lang in LANGS))


def _differing(name: str, vi: Mapping[str, str], en: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(vi.keys() & en.keys()):
        if _named(vi[key]) != _named(en[key]):
            yield f"{name}.toml: {key} has other holes in [vi] than in [en]"


def _unfit(
    name: str, lang: str, texts: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[str]:
    for key, text in texts.items():
        for hole in sorted(_named(text) - known.keys()):
            yield f"{name}.toml: [{lang}] {key} has an unknown hole {{{hole}}}"
        if key.startswith("sms.") and _too_long(text, known):
            yield f"{name}.toml: [{lang}] {key} does not fit one SMS of 160 septets"


def _long(name: str, lang: str, texts: Mapping[str, str]) -> Iterator[str]:
    """Texts of the chat that nobody in the plain mode can be shown."""
    for key, text in texts.items():
        short = texts.get(f"short.{key}", text)
        if not key.startswith(OUTSIDE_THE_CHAT) and len(short.split()) > WORDS_OF_A_SHORT_TEXT:
            yield f"{name}.toml: [{lang}] {key} needs a short.{key} of 25 words at the most"


def answers_of(flow: Flow | None) -> dict[str, str]:
    """The holes that one procedure adds: its answers, and its codes' labels and ends."""
    if flow is None:
        return {}
    ends = [f"_{slot}" for slot in flow.codes]
    labels = {f"label{end}": "A7" for end in ends} | {f"until{end}": "23:59 31/12" for end in ends}
    shown = {"contact": "09xx xxx 567", "number": "..6789", "bank": "..6789"}
    return labels | {name: shown.get(how, "") for name, how in flow.masks.items()}


def _said(flow: Flow) -> set[str]:
    """Every text key the procedure's table can say."""
    keys = {f"step.{state.value}" for state in flow.states} | set(flow.extra)
    keys |= {f"again.{state.value}" for state in flow.states if state not in flow.ends}
    keys |= {"button.start", *([f"commands.{flow.command}"] if flow.command else [])}
    for state, question in flow.asks.items():
        if not isinstance(question, Choose):
            keys |= {*question.reader.says, f"second.{state}"}
        if isinstance(question, AskLine):
            keys |= {f"line.{line.at}" for line in question.lines}
    for code in flow.codes.values():
        keys |= {f"sms.{code.letter}"} if "sms" in code.by else set()
        if "email" in code.by:
            keys |= {f"email.{code.letter}.subject", f"email.{code.letter}.text"}
    for move in flow.moves:
        keys |= {key for do in move.do for key in do.says}
        if move.on.startswith("tap:") and move.on not in flow.hidden:
            keys.add(f"button.{move.on.removeprefix('tap:')}")
    return keys


def _named(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:  # a brace alone; its complaint is no name of a hole either
        return {str(error)}


def _too_long(text: str, known: Mapping[str, str]) -> bool:
    length = septets(text.format_map(known)) if _named(text) <= known.keys() else 0
    return length is None or length > SMS_SEPTETS
