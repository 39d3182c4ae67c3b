"""Switches, deliveries, hours and guides at the console."""

from msgspec.structs import replace

from storage.base import Outbound, Settlement
from tests.bot.console.house import House

PHONE = "+84901234567"
WHY = "Hệ thống gửi mã đang bảo trì."


async def fails(house: House, *, keep: bool) -> None:
    """A message that no provider would take."""
    now = house.clock.now()
    row = Outbound(f"ref {keep} {now}", f"sms:{keep}", "sms", PHONE, b"a text", now, now + 86400)
    async with house.store.unit(now=now) as unit:
        await unit.add_outbound([replace(row, keep=keep)], now)
    (parcel,) = await house.store.claim("me", ["sms"], now=now, lease=30, limit=9)
    end = Settlement(
        parcel.id, parcel.fence, parcel.tries, "dead", now, now, "gateway-1", "refused 403"
    )
    await house.store.settle([end])


async def test_switch_off_and_on(house: House) -> None:
    """What is set at the console is said to the next citizen, until it is taken back."""
    an = await house.signed_in("an.nguyen", "supervisor")
    page = await an.posts("/operations/set", name="flow:forgot_password", vi=WHY)
    assert page.status_code == 303
    assert WHY in (await an.sees("/operations")).text
    await house.hears("quên mật khẩu")
    (line,) = await house.store.transcript("telegram:7", limit=1)
    assert WHY in line.said
    await an.posts("/operations/take-back", name="flow:forgot_password")
    await house.hears("quên mật khẩu")
    (line,) = await house.store.transcript("telegram:7", limit=1)
    assert "đồng ý" in line.said


async def test_refused_switches_keep_what_was_typed(house: House) -> None:
    """No notice, a part that is none, or an end in the past: words say what to do."""
    an = await house.signed_in("an.nguyen", "admin")
    for form in (
        {"name": "flow:nothing", "vi": WHY},
        {"name": "surge", "vi": " ", "en": WHY},
        {"name": "surge", "vi": WHY, "until": "2020-01-01T10:00"},
        {"name": "surge", "vi": WHY, "until": "soon"},
    ):
        answer = await an.posts("/operations/set", **form)
        assert answer.status_code == 422
        assert WHY in answer.text
    assert await house.store.switches() == []


async def test_deliveries(house: House) -> None:
    """A failed message shows state, provider, cause and masked address, never its text."""
    an = await house.signed_in("an.nguyen", "supervisor")
    await fails(house, keep=True)
    page = (await an.sees("/operations/deliveries?state=dead&channel=sms")).text
    assert "09xx xxx 567" in page
    assert "refused 403" in page
    assert PHONE not in page
    assert "a text" not in page
    assert "refused" not in (await an.sees("/operations/deliveries?state=sent")).text


async def test_sent_again(house: House) -> None:
    """A notice is queued once more and noted; what holds a secret, or is queued, is refused."""
    an = await house.signed_in("an.nguyen", "supervisor")
    await fails(house, keep=True)
    await fails(house, keep=False)
    assert (await an.posts("/operations/deliveries/again", id="1")).status_code == 303
    assert (await house.store.backlog(now=house.clock.now())).waiting == 1
    for number in ("1", "2", "99", "x"):
        answer = await an.posts("/operations/deliveries/again", id=number)
        assert answer.status_code == 409
    acts = await house.store._look(
        lambda db: db.execute(
            "SELECT who, detail FROM audit WHERE kind = 'outbound.again'"
        ).fetchall()
    )
    assert acts == [("an.nguyen", "1")]


async def test_hours(house: House) -> None:
    """A closed day is shown and told to citizens, until it is as usual again."""
    an = await house.signed_in("an.nguyen", "supervisor")
    assert "Đang làm việc" in (await an.sees("/operations/hours")).text
    answer = await an.posts("/operations/hours", day="2026-11-23", why="Mất điện")
    assert answer.status_code == 303
    page = (await an.sees("/operations/hours")).text
    assert "Mất điện" in page
    assert "Ngoài giờ" in page
    await house.hears("gặp cán bộ")
    (line,) = await house.store.transcript("telegram:7", limit=1)
    assert "Ngoài giờ" in line.said
    back = await an.posts("/operations/take-back", name="day:2026-11-23", back="/operations/hours")
    assert back.headers["location"] == "/operations/hours"
    assert "Đang làm việc" in (await an.sees("/operations/hours")).text


async def test_days_gone_by_are_forgotten(house: House) -> None:
    """A changed day that is over goes with the next change."""
    an = await house.signed_in("an.nguyen", "supervisor")
    await an.posts("/operations/hours", day="2026-11-23")
    house.clock.pass_(86_400)
    an = await house.signed_in("an.nguyen", "supervisor")
    assert "23/11/2026" not in (await an.sees("/operations/hours")).text
    await an.posts("/operations/hours", day="2026-11-26")
    assert [row.name for row in await house.store.switches()] == ["day:2026-11-26"]


async def test_hours_that_cannot_be(house: House) -> None:
    """A day gone by, too far off or no day, and hours the wrong way round."""
    an = await house.signed_in("an.nguyen", "supervisor")
    for form in (
        {"day": "2026-11-22"},
        {"day": "2028-01-01"},
        {"day": "tomorrow"},
        {"day": "2026-11-24", "opens": "17:00", "closes": "08:00"},
        {"day": "2026-11-24", "opens": "08:00"},
    ):
        assert (await an.posts("/operations/hours", **form)).status_code == 422
    assert await house.store.switches() == []


async def test_guides(house: House) -> None:
    """Every guide with source, day, state and its bubble in both languages."""
    an = await house.signed_in("an.nguyen", "supervisor")
    name, guide = next(iter(house.engine.desk.guides.all().items()))
    page = (await an.sees("/operations/guides")).text
    assert f"{guide.checked:%d/%m/%Y}" in page
    assert 'class="chat" lang="en"' in page
    await an.posts("/operations/set", name=f"guide:{name}", vi=WHY)
    assert f'value="guide:{name}"' in (await an.sees("/operations/guides")).text
