"""Where an e-mail address was probably meant to go: slips of the finger in well-known domains.

A suggestion only: the citizen decides, and a code must reach the address in any case.
"""

from flows.checks.text import bare

# Mailboxes of these are under .com and nowhere else …
_COM_ONLY = ("gmail", "icloud", "ymail", "rocketmail")
# … and of these under .com, .com.vn and the endings of many countries.
_NATIONAL = ("yahoo", "hotmail", "outlook")
# One letter away from a name above, and yet real.
_REAL = {"mail", "email", "fmail", "hmail", "cloud"}
# No such top-level domain exists, so nobody's mailbox can be there.
_ENDINGS = dict.fromkeys(
    ("con", "cpm", "vom", "xom", "comm", "coom", "cmo", "ocm", "conm", "comn", "coml"), "com"
)
_ENDINGS |= dict.fromkeys(("vm", "vnn", "nv", "vnm"), "vn") | {"comvn": "com.vn"}
_SLIPPED = {"cm", "co", "om", "cn", "vn", "v", "vm", "nv"}  # real or not, but not after "yahoo."
# Telex turns doubled vowels into one with a hat: "yahoo" becomes "yahô".
_HATS = str.maketrans({"\u00e2": "aa", "\u00ea": "ee", "\u00f4": "oo"})


def likely_email(value: str) -> str | None:
    """The address that `value` was probably meant to be, if it looks like a slip."""
    local, _, domain = value.rpartition("@")
    name, dot, ending = readable(domain).removeprefix("www.").partition(".")
    if not dot:  # "gmail", "gmailcom", "yahoocomvn"
        ending = "com.vn" if name.endswith("comvn") else "com"
        name = name.removesuffix("vn").removesuffix("com")
    if provider := _provider(name):
        meant = f"{provider}.{_ending(provider, ending)}"
    else:
        rest, dot, last = domain.rpartition(".")
        meant = f"{rest}.{_ENDINGS[last]}" if dot and last in _ENDINGS else domain
    return f"{local}@{meant}" if meant != domain else None


def readable(domain: str) -> str:
    """`domain` as people read it, not as machines do (xn--…)."""
    try:
        return ".".join(
            label[4:].encode().decode("punycode") if label.startswith("xn--") else label
            for label in domain.split(".")
        )
    except ValueError:
        return domain


def _provider(name: str) -> str:
    """The provider that this name is, or is one slip away from."""
    for spelt in (name, name.translate(_HATS), bare(name)):
        if spelt in (*_COM_ONLY, *_NATIONAL):
            return spelt
    if name in _REAL:
        return ""
    return next((known for known in (*_NATIONAL, *_COM_ONLY) if one_slip(bare(name), known)), "")


def _ending(provider: str, ending: str) -> str:
    last = ending.rpartition(".")[2]
    if provider in _COM_ONLY:
        return "com"
    if ending == "com.vn" or (len(last) == 2 and last not in _SLIPPED):
        return ending
    return "com.vn" if last == "nv" or (last.startswith("v") and "o" not in last) else "com"


def one_slip(typed: str, known: str) -> bool:
    """Whether one letter is too much, missing, wrong, or has changed places with the next."""
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    here, there = typed[start:], known[start:]
    swapped = here[1:2] + here[:1] + here[2:]
    return there in (here[1:], swapped) or here[1:] == there[1:] or here == there[1:]
