"""Whatever a text holds, it stays the value of its one field."""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.notifier.request import request
from tests.bot.notifier.fakes import Heard
from tests.bot.notifier.gateways import ESMS, KANNEL, LEGACY, SOAP, TWILIO, described


def heard_by(toml: str, text: str) -> Heard:
    """Write a request without sending it; the target as aiohttp would send it."""
    written = request(described(toml), to="+84901234567", text=text, ref="ref-1")
    assert isinstance(written.body, bytes)
    target = URL(written.url).raw_path_qs
    return Heard(written.method, target, written.headers, written.body)


ANY = st.text() | st.text(alphabet='&=+%#?;"\\<>{}[],:/. \r\n\0')
XML = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"']]>{}")
)


@given(ANY)
def test_no_text_leaves_its_json_field(text: str) -> None:
    """Whatever the text, it is the value of its JSON field and changes nothing else."""
    sample = json.loads(heard_by(ESMS, "sample").body)
    assert json.loads(heard_by(ESMS, text).body) == sample | {"Content": text}


@given(ANY)
def test_no_text_leaves_its_query_field(text: str) -> None:
    """Whatever the text, it is one field of the query and nothing more."""
    fields = parse_qsl(
        urlsplit(heard_by(KANNEL, text).target).query, keep_blank_values=True, strict_parsing=True
    )
    assert sorted(fields) == sorted(
        [
            ("dlr-mask", "31"),
            ("username", "bot"),
            ("password", "p-1"),
            ("to", "+84901234567"),
            ("from", "8079"),
            ("text", text),
        ]
    )


@given(ANY)
def test_no_text_leaves_its_form_field_or_its_place_in_the_url(text: str) -> None:
    """Whatever the text, it is one field of the form and one of the URL."""
    heard = heard_by(TWILIO, text)
    form = parse_qsl(heard.body.decode(), keep_blank_values=True)
    assert form == [("To", "+84901234567"), ("From", "8079"), ("Body", text)]
    url = urlsplit(heard.target)
    assert url.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert parse_qsl(url.query, keep_blank_values=True) == [("raw", text)]


@given(XML)
def test_no_text_leaves_its_xml_element_or_attribute(text: str) -> None:
    """Whatever the text, the document keeps its shape and carries it unchanged."""
    root = ET.fromstring(heard_by(SOAP, text).body)  # noqa: S314 - our own document
    sample = ET.fromstring(heard_by(SOAP, "sample").body)  # noqa: S314 - our own document
    assert [element.tag for element in root.iter()] == [element.tag for element in sample.iter()]
    content = root.find(".//{http://impl.bulkSms.ws/}Content")
    assert content is not None
    assert (content.text or "", content.attrib) == (text, {"note": text})


def test_double_braces_stand_for_single_ones() -> None:
    """A gateway that wants a brace in a constant gets one."""
    body = {"kind": "form", "fields": {"a": "{{x}} {to}", "b": "{text}"}}
    written = request(described(ESMS, changes={"body": body}), to="+84901", text="t", ref="r")
    assert isinstance(written.body, bytes)
    assert parse_qs(written.body.decode()) == {"a": ["{x} 84901"], "b": ["t"]}


def test_a_field_replaces_its_namesake_in_the_url() -> None:
    """What the URL asks stays as it is written, except where a field says something else."""
    changes = {"url": "https://h/a?v=1&sms=x&q=%E9&u%6Bey=old"}
    written = request(described(LEGACY, changes=changes), to="+84901", text="a b", ref="r")
    assert written.url == "https://h/a?v=1&q=%E9&phone=0901&sms=a+b&ukey=q-1"


def test_a_header_is_said_once() -> None:
    """The operator's own content type and key replace ours, however they are spelt."""
    changes = {"headers": {"content-type": "text/json", "X-KEY": "old"}}
    said = {"auth": {"kind": "header", "name": "X-Key", "value": "h-1"}}
    written = request(described(ESMS, changes=changes | said), to="+84901", text="t", ref="r")
    assert written.headers == {"content-type": "text/json", "X-Key": "h-1", "Idempotency-Key": "r"}
