"""One SMS as the HTTP request that its gateway wants.

A text can only ever become the value of the field it was put in: query and form are encoded by
the standard library, JSON is filled after it was parsed, XML and the URL are escaped value by
value.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import assert_never
from urllib.parse import quote, unquote_plus, urlencode, urlsplit
from xml.sax.saxutils import escape

from bot.notifier.gateway import SECRET, SmsGateway
from bot.notifier.gateway_parts import (
    Auth,
    BasicAuth,
    BearerAuth,
    FieldsBody,
    HeaderKey,
    JsonBody,
    NoAuth,
    QueryKey,
    XmlBody,
)
from bot.notifier.template import fill, fill_json
from bot.pool import Request

# A parser turns a bare line break in an attribute, or a bare carriage return, into something else.
_XML_ENTITIES = {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def request(gateway: SmsGateway, *, to: str, text: str, ref: str) -> Request:
    """Write the request for one text to one number (+84…)."""
    values = _values(gateway, to, text, ref)
    query, kind, body = _body(gateway, values)
    url = fill(gateway.url, values, lambda value: quote(value, safe=""))
    return Request(
        gateway.method,
        _with_query(url, query | _auth_query(gateway.auth)),
        dict(_headers(gateway, values, kind).values()),
        body,
    )


def _values(gateway: SmsGateway, to: str, text: str, ref: str) -> dict[str, str]:
    secrets = {SECRET + name: value.get_secret_value() for name, value in gateway.secrets.items()}
    return secrets | {
        "to": to.removeprefix("+"),
        "to_local": "0" + to.removeprefix("+84"),
        "to_e164": to,
        "text": text,
        "text_base64": _base64(text),
        "brandname": gateway.brandname,
        "ref": ref,
        "unicode": "0",
    }


def _body(gateway: SmsGateway, values: Mapping[str, str]) -> tuple[dict[str, str], str, bytes]:
    """Give the query fields, the kind of content, and the content."""
    match gateway.body:
        case FieldsBody(kind=kind, fields=fields):
            filled = {name: fill(value, values) for name, value in fields.items()}
            if kind == "query":
                return filled, "", b""
            return {}, "application/x-www-form-urlencoded", urlencode(filled).encode()
        case JsonBody(template=template):
            document = fill_json(template, values)
            return {}, "application/json", _dumps(document).encode()
        case XmlBody(template=template):
            xml = fill(template, values, lambda value: escape(value, _XML_ENTITIES))
            return {}, "text/xml; charset=utf-8", xml.encode()
        case body:
            assert_never(body)


def _with_query(url: str, fields: Mapping[str, str]) -> str:
    """Add fields to what the URL asks already; one of the same name gives way."""
    if not fields:
        return url
    parts = urlsplit(url)
    kept = (
        pair
        for pair in parts.query.split("&")
        if pair and unquote_plus(pair.partition("=")[0]) not in fields
    )
    return parts._replace(query="&".join([*kept, urlencode(fields)])).geturl()


def _headers(
    gateway: SmsGateway, values: Mapping[str, str], kind: str
) -> dict[str, tuple[str, str]]:
    """Each header under its name in small letters; what is said last holds."""
    return {name.lower(): (name, value) for name, value in _said(gateway, values, kind)}


def _said(gateway: SmsGateway, values: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    if kind:
        yield "Content-Type", kind
    yield from ((name, fill(value, values)) for name, value in gateway.headers.items())
    yield from _auth_headers(gateway.auth).items()
    yield "Idempotency-Key", values["ref"]


def _auth_headers(auth: Auth) -> dict[str, str]:
    match auth:
        case BasicAuth(user=user, password=password):
            pair = f"{user.get_secret_value()}:{password.get_secret_value()}"
            return {"Authorization": f"Basic {_base64(pair)}"}
        case BearerAuth(token=token):
            return {"Authorization": f"Bearer {token.get_secret_value()}"}
        case HeaderKey(name=name, value=value):
            return {name: value.get_secret_value()}
        case NoAuth() | QueryKey():
            return {}
        case _:
            assert_never(auth)


def _auth_query(auth: Auth) -> dict[str, str]:
    if isinstance(auth, QueryKey):
        return {auth.name: auth.value.get_secret_value()}
    return {}


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
