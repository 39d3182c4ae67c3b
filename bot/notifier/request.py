"""One SMS as the HTTP request that its gateway wants.

A text can only ever become the value of the field it was put in: query and form are encoded by
httpx, JSON is filled after it was parsed, XML and the URL are escaped value by value.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, assert_never
from urllib.parse import quote
from xml.sax.saxutils import escape

import httpx

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

# A parser turns a bare line break in an attribute, or a bare carriage return, into something else.
_XML_ENTITIES = {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def request(
    client: httpx.AsyncClient, gateway: SmsGateway, *, to: str, text: str, ref: str
) -> httpx.Request:
    """Write the request for one text to one number (+84…)."""
    values = _values(gateway, to, text, ref)
    query, content = _body(gateway, values)
    url = httpx.URL(fill(gateway.url, values, lambda value: quote(value, safe="")))
    return client.build_request(
        gateway.method,
        url.copy_merge_params(query | _auth_query(gateway.auth)),
        # Half for reaching the gateway: so "never reached" is known before time is up.
        timeout=httpx.Timeout(gateway.timeout, connect=gateway.timeout / 2),
        headers=_headers(gateway, values),
        **content,
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


def _body(gateway: SmsGateway, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Give the query fields, and what httpx is told about the content."""
    match gateway.body:
        case FieldsBody(kind=kind, fields=fields):
            filled = {name: fill(value, values) for name, value in fields.items()}
            return (filled, {}) if kind == "query" else ({}, {"data": filled})
        case JsonBody(template=template):
            return {}, {"json": fill_json(template, values)}
        case XmlBody(template=template):
            xml = fill(template, values, lambda value: escape(value, _XML_ENTITIES))
            return {}, {"content": xml.encode()}
        case body:
            assert_never(body)


def _headers(gateway: SmsGateway, values: Mapping[str, str]) -> httpx.Headers:
    xml = isinstance(gateway.body, XmlBody)
    headers = httpx.Headers({"Content-Type": "text/xml; charset=utf-8"} if xml else {})
    headers.update({name: fill(value, values) for name, value in gateway.headers.items()})
    headers.update(_auth_headers(gateway.auth))
    headers["Idempotency-Key"] = values["ref"]
    return headers


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
