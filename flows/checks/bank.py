"""Readers of a bank account: its number, its bank, and whose it is.

Shape only: that such an account exists, and is the citizen's own, is not decided here. A number
printed on a card is refused: with it money could be taken instead of given.
"""

import pkgutil
import re
import tomllib
import unicodedata
from dataclasses import replace

from flows.checks.phrases import named, pattern
from flows.checks.reader import Got, Reader, Refused
from flows.checks.spoken import digits_for_words
from flows.checks.text import bare, composed, digits_of, fold, foreign_digits
from flows.checks.words import full_name, short_words

SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 6, 19
CARD = 16
WHOLE = 10  # digits that nobody writes in one group of several

_WRITTEN = tomllib.loads((pkgutil.get_data(__package__, "banks.toml") or b"").decode())
_BANKS: dict[str, str] = {said: name for name, all_ in _WRITTEN["banks"].items() for said in all_}
_WALLETS: dict[str, str] = dict.fromkeys(_WRITTEN["wallets"]["said"], "")


def _bank_account(text: str) -> Got | Refused:
    plain = digits_for_words(unicodedata.normalize("NFKC", text))
    if foreign_digits(plain):
        return Refused("error.digits_script")
    folded = fold(plain)
    if _ANOTHER.search(folded) and not _ACCOUNT.search(folded):
        return Refused("error.bank_other")
    runs = _NUMBER.findall(_MONEY.sub(" ", plain))
    numbers = dict.fromkeys(map(digits_of, runs))
    fit = [it for it in numbers if SHORTEST_ACCOUNT <= len(it) <= LONGEST_ACCOUNT]
    if len(fit) > 1 or any(map(_are_two, runs)):
        return Refused("error.bank_two")
    if fit and _is_card(fit[0]):
        return Refused("error.bank_card")
    if fit:
        return Got(fit[0])
    if not numbers:
        return Refused("error.bank_none")
    return Refused("error.bank_length", {"given": str(max(map(len, numbers)))})


bank_account = Reader(
    _bank_account,
    (
        "error.digits_script",
        "error.bank_card",
        "error.bank_length",
        "error.bank_none",
        "error.bank_other",
        "error.bank_two",
    ),
)
# The same number once more; loose, so that "no, it is …" is never taken for it.
bank_account_again = replace(bank_account, loose=True)


def _bank_name(text: str) -> Got | Refused:
    folded = fold(text)
    found = list(dict.fromkeys(named(folded, _BANKS, _FIND_BANK, unless=_NOT_IT)))
    if len(found) > 1:
        return Refused("error.bank_names")
    if found:
        return Got(found[0])
    if _FIND_WALLET.search(folded):
        return Refused("error.bank_wallet")
    typed = short_words(text)
    # A bank that the list lacks: the citizen is asked whether it is really called so.
    return Got(typed.value, "other") if isinstance(typed, Got) else Refused("error.bank_name")


bank_name = Reader(
    _bank_name,
    ("error.bank_name", "error.bank_names", "error.bank_wallet"),
    ("ok", "other"),
    loose=True,
)


def _holder_name(text: str) -> Got | Refused:
    shown = composed(text)
    lead = _HOLDER_LEAD.match(bare(shown))
    shown = shown[lead.end() :] if lead and lead.end() < len(shown) else shown
    return Refused("error.holder_self") if fold(shown) in _SELF else full_name(shown)


# As the bank writes it, mostly in capitals and without diacritics.
holder_name = Reader(_holder_name, ("error.holder_self", *full_name.refusals), loose=True)


def _are_two(run: str) -> bool:
    """Groups too long for groups: one number behind another, and none may be cut or joined."""
    groups = sorted(map(len, _GROUP.findall(run)), reverse=True)
    return len(groups) > 1 and (groups[0] >= WHOLE or groups[1] >= SHORTEST_ACCOUNT)


def _is_card(number: str) -> bool:
    """A domestic card, or one of an international brand: those carry a check digit."""
    if number.startswith("9704"):
        return len(number) in (CARD, LONGEST_ACCOUNT)
    return len(number) == CARD and bool(_BRAND.match(number)) and _checks_out(number)


def _checks_out(number: str) -> bool:
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(sum(divmod(each, 10)) for each in doubled) % 10 == 0


# One sign between groups, no more: " - 1960" behind an account is no part of it. Never a piece of
# a longer word, for a number that lacks its first digit is somebody else's.
_NUMBER = re.compile(
    r"(?:(?<![^\W_])|(?<=tk))\d(?:[ .\-\u2010-\u2015]?\d)*+(?![^\W_])", re.IGNORECASE
)
_GROUP = re.compile(r"\d+")
_UNITS = "|".join(_WRITTEN["money"]["units"])
_MONEY = re.compile(rf"\b\d{{1,3}}(?:[.,]\d{{3}})*\s*(?:{_UNITS})\b", re.IGNORECASE)
_BRAND = re.compile(r"4|5[1-5]|2[2-7]|3[5-6]")
_ANOTHER = re.compile(
    r"\b(?:bhxh|ma so|so bao hiem|can cuoc|cccd|cmnd|dien thoai|sdt|phone|insurance number)\b"
)
_ACCOUNT = re.compile(r"\b(?:stk|so tk|tk|tai khoan|account)\b")
_FIND_BANK, _FIND_WALLET = pattern(_BANKS), pattern(_WALLETS)
_NOT_IT = re.compile(r"\b(?:khong phai|khong|bo|not|chu khong|tu) $")
_HOLDER_LEAD = re.compile(
    r"(?:chu (?:the|tai khoan|tk|stk)|(?:ten )?(?:nguoi|chu) dung ten|dung ten|account holder)"
    r"(?: la\b| is\b|:)?[ :,]*"
)
_SELF = frozenset(
    {
        "toi", "chinh toi", "cua toi", "la toi", "minh", "chinh minh", "cua minh", "em", "cua em",
        "ba", "ong", "bac", "chinh chu", "toi dung ten", "me", "myself", "mine", "my own",
        "nguoi huong", "chinh nguoi huong",
    }
)  # fmt: skip
