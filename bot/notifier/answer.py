"""What an SMS gateway's HTTP answer means for the message.

HTTP 200 alone proves nothing on some gateways, and what comes back may be HTML, half a document
or nothing: reading never raises, and an answer that cannot be read counts as perhaps taken.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import reduce

from pydantic import JsonValue

from bot.notifier.gateway import SmsGateway
from bot.notifier.gateway_parts import Place, Success
from bot.notifier.parcel import Dead, Delivered, Later, Verdict

_RECEIPT_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """A gateway's answer off the wire; header names are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: str


def verdict(gateway: SmsGateway, answer: Answer) -> Verdict:
    """Decide by the gateway's success rule, then its error map, then the HTTP status."""
    taken = Delivered((_at(gateway.receipt, answer) or "")[:_RECEIPT_LENGTH])
    if _succeeded(gateway.success, answer):
        return taken
    code = _at(gateway.code or gateway.success.tells, answer)
    http = f"http {answer.status}"
    known = code if code in gateway.errors else http
    match gateway.errors.get(known):
        case "duplicate":
            return taken
        case "permanent":
            return Dead(known)
        case "retry":
            return Later(known, after=_wait(answer))
        case None:
            return _by_status(answer, http, code)


def _by_status(answer: Answer, http: str, code: str | None) -> Verdict:
    reason = f"{http} code {code}" if code and _is_code(code) else http
    if answer.status == 429 or answer.status >= 500:
        return Later(reason, after=_wait(answer))
    if answer.status >= 400:
        return Dead(reason)
    if answer.status >= 300 or code is not None:
        return Later(reason)
    return Later(f"{http} unclear", unsure=True)


def _succeeded(rule: Success, answer: Answer) -> bool:
    lowest, highest = rule.statuses
    if not lowest <= answer.status <= highest:
        return False
    if rule.at is None:
        return True
    found = _at(rule.at, answer)
    return found is not None and rule.equals in {None, found}


def _at(place: Place | None, answer: Answer) -> str | None:
    if place is None:
        return None
    if place.regex is not None:
        found = place.regex.search(answer.body)
        return found[found.re.groups and 1] if found else None
    return _pointed(place.pointer or "", answer.body)


def _pointed(pointer: str, body: str) -> str | None:
    """Follow a JSON pointer (RFC 6901) to a single value, as text."""
    try:
        value = reduce(_step, pointer.split("/")[1:], json.loads(body))
    except (ValueError, LookupError, RecursionError):
        return None
    match value:
        case None | list() | dict():
            return None
        case str():
            return value
        case _:
            return json.dumps(value)


def _step(value: JsonValue, name: str) -> JsonValue:
    match value:
        case dict():
            return value[name.replace("~1", "/").replace("~0", "~")]
        case list():
            return value[int(name)]
        case _:
            raise LookupError


def _is_code(code: str) -> bool:
    """Tell a provider's code from what must not be written down, such as a text or a number."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,5}", code) is not None


def _wait(answer: Answer) -> float | None:
    """Seconds of Retry-After; a date counts from the answer's own Date, not from our clock."""
    after = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,6}", after):
        return float(after)
    try:
        until = parsedate_to_datetime(after)
        return max(0.0, (until - parsedate_to_datetime(answer.headers["date"])).total_seconds())
    except (ValueError, TypeError, LookupError):
        return None
