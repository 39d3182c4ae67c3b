"""Whatever arrives as an update: strange text is passed on, the rest is a BadUpdate."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import BadUpdate, decode, sent_at
from tests.bot.channels import updates

BOT = "4242"


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"a\ud800b", "a?b"),
        (r"\udc00", "?"),
        (r"\ud83d\ude00", "😀"),
        (r"a\u0000b", "a\x00b"),
        (r"\u202e\u200b", "\u202e\u200b"),
        ("đ" * 5000, "đ" * 5000),
    ],
)
def test_strange_text_is_passed_on(escaped: str, text: str) -> None:
    """Half a surrogate pair becomes a question mark; all else stays as typed, at any length."""
    raw = json.dumps(updates.text(42, "@")).replace("@", escaped)
    for form in (raw, raw.encode()):
        incoming = decode(form, BOT)
        assert incoming is not None
        assert incoming.event.text == text


def test_broken_bytes_inside_a_text_are_mended() -> None:
    """Bytes that are no UTF-8 do not cost the citizen the message."""
    incoming = decode(json.dumps(updates.text(42, "a@b")).encode().replace(b"@", b"\xff"), BOT)
    assert incoming is not None
    assert incoming.event.text == "a\ufffdb"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"update_id": "1"}',
        b'{"update_id": 1e400}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 1, "message": 5}',
        b'{"update_id": 1, "message": {"chat": {}}}',
        b'{"update_id": 1, "x": NaN}',
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"update_id": 1, "y": "\\ud800", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(14),
)
def test_what_is_no_update_is_refused(raw: bytes) -> None:
    """Whatever is wrong with the bytes, the error is ours."""
    with pytest.raises(BadUpdate):
        decode(raw, BOT)


def test_the_refusal_quotes_nothing() -> None:
    """The error names the place, never what stood there."""
    with pytest.raises(BadUpdate, match=r"\$\.message\.text") as refusal:
        decode(
            b'{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1}, "text": 901}}', BOT
        )
    assert "901" not in str(refusal.value)
    assert refusal.value.__cause__ is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FIELD = st.sampled_from(
    ["id", "type", "from", "chat", "text", "contact", "user_id", "date", "message_id", "data"]
)
ALMOST = st.fixed_dictionaries(
    {"update_id": st.integers()},
    optional={
        kind: st.dictionaries(FIELD, JSON | st.dictionaries(FIELD, JSON, max_size=4), max_size=6)
        for kind in ("message", "callback_query")
    },
)


@given(JSON | ALMOST)
def test_no_json_breaks_decoding(value: object) -> None:
    """Any JSON value is an event, ignored, or a BadUpdate; nothing else is ever raised."""
    check(json.dumps(value).encode())


@given(st.binary() | st.text())
def test_no_bytes_break_decoding(raw: bytes | str) -> None:
    """Any bytes and any text are an event, ignored, or a BadUpdate."""
    check(raw)


def check(raw: bytes | str) -> None:
    try:
        incoming = decode(raw, BOT)
        sent_at(raw)
    except BadUpdate:
        return
    assert incoming is None or incoming.key.startswith("telegram:4242:")
