"""SMS through gateways that are nothing but configuration."""

import contextlib
import json
import logging
import socket
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from bot.notifier.parcel import Dead, Delivered, Later, Letter, MailBody
from bot.notifier.sms import SmsSender
from tests.bot.notifier.fakes import FakeGateway, fake_gateway
from tests.bot.notifier.gateways import (
    ALL,
    ESMS,
    KANNEL,
    LEGACY,
    SOAP,
    SPEEDSMS,
    TEXT,
    TWILIO,
    described,
    letter,
    sent,
)


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as running:
        yield running


# What goes out.


async def test_esms_is_reached_by_configuration_alone(gateway: FakeGateway) -> None:
    """The eSMS body holds keys, brandname and reference; its SMSID is the receipt."""
    gateway.answers(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": "id-9"})
    assert await sent(described(ESMS, gateway.url)) == Delivered("id-9")
    assert json.loads(gateway.heard[0].body) == {
        "ApiKey": "k-1",
        "SecretKey": "s-1",
        "Phone": "84901234567",
        "Content": TEXT,
        "SmsType": "2",
        "Brandname": "BHXHVN",
        "IsUnicode": "0",
        "RequestId": "ref-1",
    }


async def test_speedsms_is_reached_by_configuration_alone(gateway: FakeGateway) -> None:
    """SpeedSMS gets Basic auth, a list of one number, a number that stays a number."""
    gateway.answers(200, {"status": "success", "code": "00", "data": {"tranId": 12345678901}})
    assert await sent(described(SPEEDSMS, gateway.url)) == Delivered("12345678901")
    heard = gateway.heard[0]
    assert heard.headers["authorization"] == f"Basic {b64encode(b'tok-1:x').decode()}"
    assert json.loads(heard.body) == {
        "to": ["84901234567"],
        "content": TEXT,
        "sms_type": 3,
        "sender": "BHXHVN",
    }


async def test_kannel_is_reached_by_configuration_alone(gateway: FakeGateway) -> None:
    """Kannel gets a query; 202 with 0 or 3 in its text is taken, another number is not."""
    gateway.answers(202, "0: Accepted for delivery").then(202, "3: Queued for later delivery")
    gateway.then(202, "5: Odd")
    kannel = described(KANNEL, gateway.url)
    assert await sent(kannel) == Delivered()
    assert await sent(kannel) == Delivered()
    assert await sent(kannel) == Later("kannel: http 202 code 5")
    assert gateway.heard[0].method == "GET"
    assert parse_qs(urlsplit(gateway.heard[0].target).query) == {
        "dlr-mask": ["31"],
        "username": ["bot"],
        "password": ["p-1"],
        "to": ["+84901234567"],
        "from": ["8079"],
        "text": [TEXT],
    }


async def test_a_soap_gateway_is_reached_by_configuration_alone(gateway: FakeGateway) -> None:
    """SOAP goes out as XML with its header; the answer is read by regular expression."""
    gateway.answers(200, "<result>1</result><message>Insert MT_QUEUE: OK</message>")
    gateway.then(200, "<result>0</result>Check template: CONTENT_NOT_MATCH_TEMPLATE")
    soap = described(SOAP, gateway.url)
    assert await sent(soap) == Delivered()
    assert await sent(soap) == Dead("viettel: CONTENT_NOT_MATCH_TEMPLATE")
    headers = gateway.heard[0].headers
    assert (headers["soapaction"], headers["x-key"]) == ("wsCpMt", "h-1")
    assert headers["content-type"] == "text/xml; charset=utf-8"


async def test_a_form_gateway_is_reached_by_configuration_alone(gateway: FakeGateway) -> None:
    """A form goes out encoded, with a bearer token, and only 201 is success here."""
    gateway.answers(201, {"sid": "SM1", "status": "queued"}).then(200, {"sid": "SM2"})
    form = described(TWILIO, gateway.url)
    assert await sent(form) == Delivered("SM1")
    assert await sent(form) == Later("twilio: http 200 unclear", unsure=True)
    heard = gateway.heard[0]
    assert urlsplit(heard.target).path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert heard.headers["authorization"] == "Bearer b-1"
    assert dict(parse_qsl(heard.body.decode()))["Body"] == TEXT


async def test_a_key_may_stand_in_the_query_and_a_text_in_base64(gateway: FakeGateway) -> None:
    """A query key joins the fields; base64 and local number come out right."""
    assert await sent(described(LEGACY, gateway.url)) == Delivered()
    heard = gateway.heard[0]
    assert parse_qs(urlsplit(heard.target).query) == {
        "v": ["1"],
        "ukey": ["q-1"],
        "phone": ["0901234567"],
        "sms": [TEXT],
    }
    assert b64decode(heard.headers["x-text"]).decode() == TEXT
    assert heard.headers["x-bid"] == "ref-1"


async def test_every_gateway_gets_the_key_that_stays_the_same(gateway: FakeGateway) -> None:
    """The idempotency key goes along on every try, whatever the gateway."""
    for toml in ALL:
        for tries in (1, 2, 7):
            await sent(described(toml, gateway.url), what=letter(tries=tries))
    assert len(gateway.heard) == 3 * len(ALL)
    assert {heard.headers["idempotency-key"] for heard in gateway.heard} == {"ref-1"}


# What goes wrong on the way.


async def test_silence_may_have_been_a_yes(gateway: FakeGateway) -> None:
    """A timeout after the request went out is said to be unsure."""
    gateway.stays_silent(0.2)
    slow = described(ESMS, gateway.url, {"timeout": 0.05})
    assert await sent(slow) == Later("esms: timeout", unsure=True)


async def test_a_connection_that_breaks_before_the_answer_is_unsure(gateway: FakeGateway) -> None:
    """Hanging up without an answer may have been a yes."""
    gateway.breaks_off()
    assert await sent(described(ESMS, gateway.url)) == Later("esms: broken off", unsure=True)


async def test_a_gateway_that_is_not_there_surely_took_nothing() -> None:
    """A refused connection is tried later and is not unsure."""
    async with fake_gateway() as gone:
        url = gone.url
    assert await sent(described(ESMS, url)) == Later("esms: connection")


async def test_a_gateway_that_does_not_let_us_in_surely_took_nothing() -> None:
    """When the connection itself takes too long, that is known before time is up."""
    with contextlib.ExitStack() as held:
        full = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - its only argument
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        slow = described(ESMS, url, {"timeout": 0.1})
        assert await sent(slow) == Later("esms: connection")


async def test_two_tries_at_each_gateway_round_and_round(gateway: FakeGateway) -> None:
    """Tries 1-2 go to the first gateway, 3-4 to the second, 5-6 to the first again."""
    gateway.answers(503)
    two = described(ESMS, gateway.url), described(SPEEDSMS, gateway.url)
    for tries in range(1, 7):
        await sent(*two, what=letter(tries=tries))
    paths = ["E" if "MainService" in heard.target else "S" for heard in gateway.heard]
    assert paths == ["E", "E", "S", "S", "E", "E"]


async def test_a_message_is_never_repeated_behind_our_back(gateway: FakeGateway) -> None:
    """A GET on a kept line that breaks is one try: the client library must not make it two."""
    gateway.answers(202, "0: Accepted").breaks_off().then(202, "0: Accepted")
    sender = SmsSender([described(KANNEL, gateway.url)])
    assert await sender.send(letter()) == Delivered()
    assert await sender.send(letter()) == Later("kannel: broken off", unsure=True)
    assert len(gateway.heard) == 2
    await sender.close()


async def test_one_connection_serves_many_texts(gateway: FakeGateway) -> None:
    """Texts that follow each other share a line, which closes with the sender."""
    gateway.answers(200, {"CodeResult": "100"})
    sender = SmsSender([described(ESMS, gateway.url)])
    for _ in range(3):
        assert await sender.send(letter()) == Delivered()
    assert gateway.lines == 1
    await sender.close()
    await sender.close()


# What is refused before anything goes out.


async def test_a_text_may_fill_one_sms_to_the_brim(gateway: FakeGateway) -> None:
    """160 septets go out, counted with the extension table."""
    for text in ("a" * 160, "€" * 80):
        assert await sent(described(LEGACY, gateway.url), what=letter(text)) == Delivered()


@pytest.mark.parametrize("text", ["Mã 123456", "a" * 161, "€" * 81, "\x0c", "", "\ud800"])
async def test_a_text_that_no_single_sms_carries_is_dead(gateway: FakeGateway, text: str) -> None:
    """Outside GSM-7, over 160 septets or empty: nothing is sent."""
    assert await sent(described(ESMS, gateway.url), what=letter(text)) == Dead("text")
    assert not gateway.heard


@pytest.mark.parametrize(
    "to", ["84901234567", "+1901234567", "+84901234567\n", "+84９01234567", "+84901234567,+8490"]
)
async def test_what_is_not_one_number_is_dead(gateway: FakeGateway, to: str) -> None:
    """Only one Vietnamese number in E.164 is ever sent to."""
    assert await sent(described(ESMS, gateway.url), what=letter(to=to)) == Dead("number")
    assert not gateway.heard


async def test_another_kind_of_letter_is_a_mistake_of_ours() -> None:
    """An e-mail handed to the SMS sender is a bug and says so."""
    wrong = Letter(ref="r", to="+84901234567", body=MailBody("", "", ""), tries=1)
    with pytest.raises(TypeError):
        await sent(described(ESMS), what=wrong)


def test_gateways_are_told_apart_by_name() -> None:
    """No gateway, or two of one name, is refused when the sender is made."""
    for gateways in ([], [described(ESMS), described(ESMS)]):
        with pytest.raises(ValueError, match=r"sms\.gateways"):
            SmsSender(gateways)


async def test_nothing_of_a_message_is_logged(
    gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither text, number nor key reaches a log, even with everything switched on."""
    caplog.set_level(logging.DEBUG)
    await sent(described(KANNEL, gateway.url))
    await sent(described(LEGACY, gateway.url))
    assert not [word for word in ("123456", "901234567", "p-1", "q-1") if word in caplog.text]
