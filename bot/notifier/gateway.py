"""An HTTP SMS gateway as an operator describes it in config.toml.

Everything that can be wrong in a description is found when it is read, with the key that is
wrong and never its value. Nothing here opens a connection.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from bot.notifier.described import Described, Secret, is_loopback
from bot.notifier.gateway_parts import (
    Auth,
    Body,
    FieldsBody,
    JsonBody,
    NoAuth,
    Outcome,
    Place,
    Success,
    Token,
    XmlBody,
)
from bot.notifier.template import json_strings, placeholders

NUMBERS = frozenset({"to", "to_local", "to_e164"})
TEXTS = frozenset({"text", "text_base64"})
KNOWN = NUMBERS | TEXTS | {"brandname", "ref", "unicode"}
SECRET = "secret."
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


class SmsGateway(Described):
    """One HTTP gateway: what to send it, and how to read what it answers."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")
    method: Literal["GET", "POST", "PUT"] = "POST"
    url: str
    headers: dict[Token, Annotated[str, Field(pattern=r"^[ -~]*$")]] = Field(default_factory=dict)
    auth: Auth = NoAuth()
    body: Body
    brandname: str = Field("", pattern=r"^[ -~]{0,20}$")
    secrets: dict[str, Secret] = Field(default_factory=dict)
    success: Success = Success()
    receipt: Place | None = None
    code: Place | None = None
    errors: dict[str, Outcome] = Field(default_factory=dict)
    timeout: float = Field(5, gt=0, le=5)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        known = KNOWN | {SECRET + name for name in self.secrets}
        used: set[str] = set()
        for key, template in self._templates():
            used |= _named(key, template, known)
        _check_url(self.url)
        _check_headers(self.headers)
        _check_use(used, self.brandname)
        if self.method == "GET" and self.body.kind != "query":
            raise ValueError("method: GET carries only a body of kind query")
        return self

    def _templates(self) -> Iterator[tuple[str, str]]:
        yield "url", self.url
        yield from ((f"headers.{name}", value) for name, value in self.headers.items())
        match self.body:
            case FieldsBody(fields=fields):
                yield from ((f"body.fields.{name}", value) for name, value in fields.items())
            case JsonBody(template=template):
                yield from (("body.template", text) for text in json_strings(template))
            case XmlBody(template=xml):
                yield "body.template", xml


def _named(key: str, template: str, known: frozenset[str]) -> set[str]:
    try:
        used = placeholders(template)
    except ValueError as wrong:
        raise ValueError(f"{key}: {wrong}") from None
    if not used <= known:
        raise ValueError(f"{key}: unknown placeholder (known: {', '.join(sorted(known))})")
    return used


def _check_url(template: str) -> None:
    try:
        problem = _flaw(urlsplit(template))
    except ValueError:
        problem = "not a URL"
    if template != template.strip() or not template.isprintable():
        problem = "not a URL"
    if problem:
        raise ValueError(f"url: {problem}")


def _flaw(url: SplitResult) -> str:
    if not url.hostname or url.port == 0 or "{" in url.netloc or "@" in url.netloc:
        return "the host must be written out, without user or placeholder"
    if not _HOST.fullmatch(url.hostname.encode("idna").decode()):
        return "not a URL"
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname)):
        return "https, or http to this machine only"
    # A text such as ".." would climb in a path, however it is escaped.
    if placeholders(url.path) & TEXTS:
        return "a text belongs in the query or the body"
    return "nothing after a #" if url.fragment else ""


def _check_headers(headers: dict[str, str]) -> None:
    for name, template in headers.items():
        if name.lower() in {"idempotency-key", "host", "content-length", "transfer-encoding"}:
            raise ValueError(f"headers.{name}: is set by the sender")
        if "text" in placeholders(template):
            raise ValueError(f"headers.{name}: a text does not fit in a header")


def _check_use(used: set[str], brandname: str) -> None:
    if not used & TEXTS or not used & NUMBERS:
        raise ValueError("body: needs {text} or {text_base64}, and {to}, {to_local} or {to_e164}")
    if "brandname" in used and not brandname:
        raise ValueError("brandname: missing, a template uses it")
