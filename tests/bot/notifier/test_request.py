"""Whatever a text holds, it stays the value of its one field."""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import httpx
from hypothesis import given
from hypothesis import strategies as st

from bot.notifier.request import request
from tests.bot.notifier.fakes import Heard
from tests.bot.notifier.gateways import ESMS, KANNEL, SOAP, TWILIO, described


def heard_by(toml: str, text: str) -> Heard:
    """Write a request without sending it."""
    written = request(CLIENT, described(toml), to="+84901234567", text=text, ref="ref-1")
    target = written.url.raw_path.decode()
    return Heard(written.method, target, written.headers, written.read())


CLIENT = httpx.AsyncClient()
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
    written = request(
        CLIENT, described(ESMS, changes={"body": body}), to="+84901", text="t", ref="r"
    )
    assert parse_qs(written.read().decode()) == {"a": ["{x} 84901"], "b": ["t"]}
