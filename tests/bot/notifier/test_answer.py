"""What a gateway's answer means, each given by a real HTTP server."""

from collections.abc import AsyncIterator

import pytest

from bot.notifier.parcel import Dead, Delivered, Later, Verdict
from tests.bot.notifier.fakes import FakeGateway, fake_gateway
from tests.bot.notifier.gateways import ESMS, LEGACY, described, sent


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as running:
        yield running


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, {"CodeResult": "124", "SMSID": "id-1"}, Delivered("id-1")),
        (200, {"CodeResult": 100}, Delivered()),
        (200, {"CodeResult": "146"}, Dead("esms: 146")),
        (200, {"CodeResult": "103"}, Later("esms: 103")),
        (200, {"CodeResult": "999"}, Later("esms: http 200 code 999")),
        (200, {"CodeResult": "0901234567"}, Later("esms: http 200")),
        (200, {"CodeResult": None}, Later("esms: http 200 unclear", unsure=True)),
        (200, "<html>Busy</html>", Later("esms: http 200 unclear", unsure=True)),
        (200, '{"CodeResult": "1', Later("esms: http 200 unclear", unsure=True)),
        (200, "[" * 60_000, Later("esms: http 200 unclear", unsure=True)),
        (200, "[1]", Later("esms: http 200 unclear", unsure=True)),
        (200, "", Later("esms: http 200 unclear", unsure=True)),
        (400, {"CodeResult": "146"}, Dead("esms: 146")),
        (400, "<html>", Dead("esms: http 400")),
        (401, "", Later("esms: http 401")),
        (404, "", Dead("esms: http 404")),
        (302, "", Later("esms: http 302")),
        (500, "", Later("esms: http 500")),
        (503, {"CodeResult": "100"}, Later("esms: http 503 code 100")),
    ],
)
async def test_an_answer_is_judged_by_rule_then_code_then_status(
    gateway: FakeGateway, status: int, body: object, verdict: Verdict
) -> None:
    """The success rule decides, then the error map, then HTTP; no body makes it fail."""
    gateway.answers(status, body)
    assert await sent(described(ESMS, gateway.url)) == verdict


async def test_a_value_may_stand_deep_under_an_odd_name(gateway: FakeGateway) -> None:
    """A pointer walks lists and escaped names; a receipt is cut to a sensible length."""
    gateway.answers(200, {"a/b": [{"m~n": "r" * 101}]})
    receipt = {"receipt": {"pointer": "/a~1b/0/m~0n"}}
    assert await sent(described(LEGACY, gateway.url, receipt)) == Delivered("r" * 100)


async def test_any_2xx_counts_where_no_rule_is_given(gateway: FakeGateway) -> None:
    """202 is as good as 200 when the operator gave no success rule."""
    gateway.answers(202).then(204).then(201, "taken")
    for _ in range(3):
        assert await sent(described(LEGACY, gateway.url)) == Delivered()


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT"}, None),
        ({}, None),
        (
            {
                "Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT",
                "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
            },
            60.0,
        ),
        (
            {
                "Retry-After": "Sun, 22 Nov 2026 10:01:00 -0000",
                "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
            },
            None,
        ),
    ],
)
async def test_too_many_waits_as_long_as_asked(
    gateway: FakeGateway, headers: dict[str, str], after: float | None
) -> None:
    """429 is tried later, after the seconds the gateway named in either form."""
    gateway.answers(429, "", headers)
    assert await sent(described(ESMS, gateway.url)) == Later("esms: http 429", after=after)


async def test_a_redirect_is_not_followed(gateway: FakeGateway) -> None:
    """A text goes only where the operator said, not where an answer points."""
    gateway.answers(307, "", {"Location": f"{gateway.url}/elsewhere"})
    assert await sent(described(LEGACY, gateway.url)) == Later("vietguys: http 307")
    assert len(gateway.heard) == 1


async def test_a_body_that_breaks_off_is_judged_by_what_arrived(gateway: FakeGateway) -> None:
    """Half a JSON document is unclear; a 503 without its body is still a 503."""
    gateway.breaks_off('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"CodeResult": "10')
    gateway.breaks_off("HTTP/1.1 503 No\r\ncontent-length: 99\r\n\r\n<html")
    esms = described(ESMS, gateway.url)
    assert await sent(esms) == Later("esms: http 200 unclear", unsure=True)
    assert await sent(esms) == Later("esms: http 503")


async def test_an_endless_body_is_cut(gateway: FakeGateway) -> None:
    """An answer of any length is not kept in memory, nor waited for."""
    gateway.answers(200, {"pad": "x" * 300_000, "CodeResult": "100"})
    unclear = Later("esms: http 200 unclear", unsure=True)
    assert await sent(described(ESMS, gateway.url)) == unclear
