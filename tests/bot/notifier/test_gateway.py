"""Descriptions of gateways: mistakes are found when they are read."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.notifier.gateway import SmsGateway
from tests.bot.notifier.gateways import ALL, ESMS, described


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"url": "https://h/{txt}"}, "url: unknown placeholder"),
        ({"url": "https://h/{to"}, "url: a brace"),
        ({"url": "https://h/{text}"}, "url: a text belongs"),
        ({"url": "https://h/#x"}, "url: nothing after"),
        ({"url": "https://{to}.vn/"}, "url: the host"),
        ({"url": "https://user@h/"}, "url: the host"),
        ({"url": "https://h:99999/"}, "url: not a URL"),
        ({"url": "https://exa mple.vn/"}, "url: not a URL"),
        ({"url": "https://example..vn/"}, "url: not a URL"),
        ({"url": "https://example.vn/\n"}, "url: not a URL"),
        ({"url": " https://example.vn/"}, "url: not a URL"),
        ({"url": "http://sms.example.vn/"}, "url: https"),
        ({"url": "ftp://127.0.0.1/"}, "url: https"),
        ({"headers": {"X": "{nobody}"}}, "headers.X: unknown placeholder"),
        ({"headers": {"X": "{text}"}}, "headers.X: a text"),
        ({"headers": {"idempotency-key": "1"}}, "headers.idempotency-key: is set"),
        ({"headers": {"X": "a\r\nb"}}, "headers.X"),
        ({"headers": {"X Y": "a"}}, "headers.X Y"),
        ({"secrets": {"api_key": "k-1"}}, "body.template: unknown placeholder"),
        ({"secrets": {"api_key": "k 1", "secret_key": "s"}}, "secrets.api_key"),
        ({"brandname": ""}, "brandname: missing"),
        ({"method": "GET"}, "method: GET"),
        ({"body": {"kind": "json", "template": "{"}}, "body.json.template"),
        ({"body": {"kind": "json", "template": '{"a": ["{nope}"]}'}}, "body.template: unknown"),
        ({"body": {"kind": "form", "fields": {"a": "{nope}"}}}, "body.fields.a: unknown"),
        ({"body": {"kind": "form", "fields": {"a": "{text}"}}}, "body: needs"),
        ({"body": {"kind": "form", "fields": {"a": "{to}"}}}, "body: needs"),
        ({"body": {"kind": "xml", "template": "<a>{text}"}}, "body.xml.template"),
        ({"body": {"kind": "xml", "template": "<{text}>{to}</{text}>"}}, "body.xml.template"),
        ({"body": {"kind": "xml", "template": "<a><!--{text}--></a>"}}, "body.xml.template"),
        ({"body": {"kind": "smoke"}}, "body"),
        ({"success": {"equals": "1"}}, "success"),
        ({"success": {"statuses": [299, 200]}}, "success"),
        ({"success": {"at": {}}}, "success.at"),
        ({"receipt": {"pointer": "/a", "regex": "a"}}, "receipt"),
        ({"receipt": {"pointer": "a"}}, "receipt.pointer"),
        ({"code": {"regex": "("}}, "code.regex"),
        ({"errors": {"1": "ignore"}}, "errors.1"),
        ({"timeout": 6}, "timeout"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_description_names_its_key_and_no_value(
    changes: dict[str, object], key: str
) -> None:
    """Every mistake is found when it is read, named by key; no secret shows."""
    with pytest.raises(ValidationError) as refusal:
        described(ESMS, changes=changes)
    mistakes = [
        f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}"
        for mistake in refusal.value.errors()
    ]
    assert any(key in mistake for mistake in mistakes), mistakes
    assert "k-1" not in str(refusal.value)
    assert "nope" not in str(refusal.value)


def test_the_worked_examples_of_the_documentation_are_accepted() -> None:
    """What the how-to tells operators to write is a gateway."""
    page = Path(__file__).parents[3] / "docs/how-to/add-an-sms-gateway.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)
    read = [tomllib.loads(example)["sms"]["gateways"] for example in examples]
    assert [SmsGateway.model_validate(each).name for one in read for each in one] == [
        "esms",
        "kannel",
    ]


def test_a_description_shows_no_secret() -> None:
    """Printing a gateway shows none of its secrets."""
    shown = " ".join(repr(described(toml)) for toml in ALL)
    assert not [key for key in ("k-1", "s-1", "tok-1", "p-1", "h-1", "b-1", "q-1") if key in shown]
