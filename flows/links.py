"""Links and addresses in somebody's message: where each one really leads, as text only.

Nothing is opened, fetched or resolved. What is not plainly on the list is never "listed": a
page's address is looked at as a browser would read it, so that signs, other alphabets and
percent codes hide nothing.
"""

import re
from typing import NamedTuple

import msgspec

from flows.checks.slips import readable
from flows.checks.text import bare

MOST = 24  # links that are looked at closely; a message with more of them is no letter
_LONGEST_NAME = 253  # of a page, by the rules of the net
LISTED, UNKNOWN = "listed", "unknown_link"


class Listed(msgspec.Struct, frozen=True):
    """What is known to be official, as the settings say it.

    domains: with all that is below them. hosts: just these. apps: store addresses.
    bots: names of this bot in its channels. numbers: digits. senders: names of SMS senders.
    """

    domains: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    senders: tuple[str, ...] = ()


class Names(msgspec.Struct, frozen=True):
    """Names by which links are told apart; `flows/scam.toml` says what each list is."""

    borrowed: tuple[str, ...]
    state: tuple[str, ...]
    short: frozenset[str]
    messengers: frozenset[str]
    stores: frozenset[str]
    files: tuple[str, ...]
    endings: frozenset[str]


class Link(NamedTuple):
    """One address. way: its scheme; before: what stands before an @ in front of the host."""

    way: str
    before: str
    host: str
    port: str
    path: str
    veiled: bool  # its host was written in percent codes or other alphabets


def parts(text: str, names: Names) -> tuple[list[Link | str], str]:
    """The links of a text in plain small letters, and the text without them.

    Of an e-mail address the host stands among them.
    """
    links: list[Link | str] = []
    rest = []
    for word in _BETWEEN.split(text):
        link = _link(word.strip(_AROUND), names)
        if link is None:
            rest.append(word)
        else:
            links.append(link)
    return links, " ".join(rest)


def kind(link: Link | str, listed: Listed, names: Names) -> str:
    """What a link is: LISTED, or the reason that speaks against it."""
    if isinstance(link, str):
        known = _below(link, listed.domains) or link in listed.hosts
        return LISTED if known else _borrowed(link, listed, names) or "unknown_mail"
    if _is_listed(link, listed):
        return LISTED
    if any(domain in link.before + link.path for domain in listed.domains):
        return "lookalike"
    if found_out := _borrowed(link.host, listed, names):
        return found_out
    if link.before or link.veiled or len(link.host) > _LONGEST_NAME:
        return "disguised"
    if link.path.partition("?")[0].endswith(names.files):
        return "apk"
    host = link.host.removeprefix("www.")
    if "[" in link.host or _ADDRESS.fullmatch(host):
        return "bare_address"
    groups = {"short_link": names.short, "messenger": names.messengers, "other_app": names.stores}
    return next((reason for reason, group in groups.items() if host in group), UNKNOWN)


def _link(token: str, names: Names) -> Link | str | None:
    if way := _WAY.search(token):
        return _parted(way[1], token[way.end() :])
    if _HANDLE.fullmatch(token):
        return Link("", "", "t.me", "", "/" + token[1:], veiled=False)
    if "@" in token and "." in token.rpartition("@")[2]:
        return token.rpartition("@")[2].strip(".")
    if "." not in token and "%" not in token:
        return None
    link = _parted("", token)
    return link if _is_host(link, token, names) else None


def _parted(way: str, rest: str) -> Link:
    written = _SLASH.split(rest, maxsplit=1)[0]
    opened = _opened(written)
    authority = _SLASH.split(opened, maxsplit=1)[0]
    before, _, place = authority.rpartition("@")
    host, port = (place, "") if place.startswith("[") else place.partition(":")[::2]
    shown = readable(host.strip("."))
    veiled = opened != written or shown != host.strip(".") or not host.isascii()
    path = rest[len(written) :] + opened[len(authority) :]
    return Link(way, before, shown, port, path, veiled)


def _opened(text: str) -> str:
    """Percent codes as the letters they stand for, however often they were wrapped."""
    for _ in range(3):
        if "%" not in text:
            break
        text = _PERCENT.sub(_letters, text).lower()
    return text


def _letters(codes: re.Match[str]) -> str:
    return bytes.fromhex(codes[0].replace("%", "")).decode("utf-8", "replace")


def _is_host(link: Link, token: str, names: Names) -> bool:
    """Whether a word without a scheme is a page's address."""
    if link.veiled and ("%" in token or "xn--" in token):
        return True
    if not _HOST.fullmatch(link.host):
        return bool(_ADDRESS.fullmatch(link.host)) and link.host.count(".") == 3
    ending = link.host.rpartition(".")[2]
    return ending in names.endings or token.startswith("www.") or bool(link.path)


def _is_listed(link: Link, listed: Listed) -> bool:
    if link.before or link.veiled or link.way not in ("", "http", "https"):
        return False
    if link.port not in ("", "80", "443"):
        return False
    path, ask, query = link.path.partition("?")
    if "\\" in link.path or _ELSEWHERE.search(_opened(link.path)):
        return False
    whole = (link.host + path).rstrip("/")
    if any(_same_app(whole, query if ask else "", app) for app in listed.apps):
        return True
    if link.host in ("t.me", "telegram.me", "zalo.me"):
        return path.strip("/") in listed.bots
    return link.host in listed.hosts or _below(link.host, listed.domains)


def _same_app(whole: str, query: str, app: str) -> bool:
    """Whether this is the very app: its id in the query (one store) or at the path's end."""
    page, ask, wanted = app.partition("?")
    if ask:
        given = [part for part in query.split("&") if part.startswith("id=")]
        return whole == page and given == [wanted]
    host, _, number = page.rpartition("/")
    return whole.startswith(host.partition("/")[0] + "/") and whole.endswith("/" + number)


def _below(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)


def _borrowed(host: str, listed: Listed, names: Names) -> str:
    """Whether a name wants to be taken for an official one that it is not."""
    if host.isascii() and _below(host, names.state):
        return ""
    shape = shaped(host)
    official = [shaped(domain) for domain in listed.domains]
    wanted = [*official, *(shaped(name) for name in names.borrowed)]
    if any(name in shape for name in wanted):
        return "lookalike"
    labels = [shaped(label) for label in host.split(".")[:4]]
    mains = [shaped(name) for name in names.borrowed if len(name) >= _LONG]
    near = any(_close(label, main) for label in labels for main in mains)
    return "lookalike" if near else ""


_LONG = 8  # letters from which a slip of one or two is no other word
_TWINS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04cf\u0432"
    "\u043a\u043c\u043d\u0442\u0433\u0437\u0491\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5"
    "\u03c7\u0131\u0261\u026a\u1d20\u0138\u04bb\u0585\u057d\u0578\u01c0",
    "aeopcyxijsdqwlbkmhtrzraopviktuxigivkhounl",
)
_DOUBLES = str.maketrans("01l3568", "oiiesbb", "-_.")


def twins(text: str) -> str:
    """A text with letters of other alphabets as the Latin ones that they look like."""
    return text if text.isascii() else text.translate(_TWINS)


def shaped(name: str) -> str:
    """A name as the eye reads it: twins of other alphabets, digits for letters, no dots."""
    return bare(name.translate(_TWINS)).translate(_DOUBLES).replace("rn", "m").replace("vv", "w")


def _close(label: str, main: str) -> bool:
    """Whether two names differ by one or two letters added, lost or changed."""
    if abs(len(label) - len(main)) > 2 or len(set(label) ^ set(main)) > 4:
        return False
    row = list(range(len(main) + 1))
    for at, letter in enumerate(label, 1):
        last, row[0] = row[0], at
        for to, other in enumerate(main, 1):
            last, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, last + (letter != other))
    return row[-1] <= 2


_BETWEEN = re.compile(r"[\s<>\"'`()|,;\u2018-\u201f\u00ab\u00bb]+")
_AROUND = ".,:!?}{\u2026*_~"
# "javascript:" and the like have no slashes; what has them is a link whatever it is called.
_WAY = re.compile(
    r"(https?|hxxps?|[a-z][a-z0-9+.-]{0,15}(?=:[/\\]{2})|javascript|data|intent|market|tg|zalo|tel|sms)"
    r":[/\\]*(?=\S)"
)
_SLASH = re.compile(r"[/\\?#]")
_PERCENT = re.compile(r"(?:%[0-9a-f]{2})+")
_HANDLE = re.compile(r"@[a-z]\w{3,31}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+(?:[^\W\d_]{2,24}|xn--[\w-]+)")
_ADDRESS = re.compile(r"[\d.]+|0x[\da-fx.]+")
_ELSEWHERE = re.compile(r"//|https?:|@|\\|\b(?:url|redirect|next|goto|return)\w*=")
