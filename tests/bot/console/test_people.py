"""Staff at the console: secrets shown once, and nobody who locks the office out."""

import asyncio
import re

from bot import staff
from tests.bot.console.house import House

LINK = re.compile(r"https://console\.test(/enrol/[\w-]{22})")


async def states(house: House) -> dict[str, tuple[str, str]]:
    return {row.name: (row.role, row.state) for row in await house.store.all_staff()}


async def test_invite(house: House) -> None:
    """The link is on one answer, works, and is on no page afterwards."""
    an = await house.signed_in("an.nguyen", "admin")
    answer = await an.posts("/staff", name="binh.tran", role="agent")
    found = LINK.search(answer.text)
    assert found is not None
    assert (await (await house.browser()).sees(found[1])).status_code == 200
    page = (await an.sees("/staff")).text
    assert "binh.tran" in page
    assert "/enrol/" not in page
    assert "staff.invited an.nguyen" in await house.acts()


async def test_names_that_cannot_be(house: House) -> None:
    """A bad or taken name is refused in words and stays in the field."""
    an = await house.signed_in("an.nguyen", "admin")
    for name, role in (("Bình", "agent"), ("binh", "king"), ("citizen", "agent")):
        answer = await an.posts("/staff", name=name, role=role)
        assert answer.status_code == 422
        assert f'value="{name}"' in answer.text
    answer = await an.posts("/staff", name="an.nguyen", role="agent")
    assert answer.status_code == 409
    assert (await states(house)).keys() == {"an.nguyen"}


async def test_role_reset_disable(house: House) -> None:
    """Each takes hold at once: whoever it happens to is signed out."""
    an = await house.signed_in("an.nguyen", "admin")
    binh = await house.signed_in("binh.tran", "agent")
    assert (await an.posts("/staff/role", name="binh.tran", role="auditor")).status_code == 303
    assert (await binh.sees("/account")).status_code == 303
    assert (await states(house))["binh.tran"] == ("auditor", staff.ACTIVE)
    assert (await binh.sees("/enrol/x")).status_code == 410
    assert LINK.search((await an.posts("/staff/reset", name="binh.tran")).text)
    assert (await states(house))["binh.tran"] == ("auditor", staff.INVITED)
    assert (await an.posts("/staff/disable", name="binh.tran")).status_code == 303
    assert (await states(house))["binh.tran"] == ("auditor", staff.DISABLED)
    assert (await an.posts("/staff/disable", name="nobody")).status_code == 409
    assert (await an.posts("/staff/role", name="binh.tran", role="king")).status_code == 422
    found = [each.partition(" ")[0] for each in await house.acts()]
    assert found[-3:] == ["staff.role", "staff.reset", "staff.disabled"]


async def test_nobody_changes_themselves(house: House) -> None:
    """So the last administrator stays."""
    an = await house.signed_in("an.nguyen", "admin")
    for path in ("/staff/role", "/staff/reset", "/staff/disable"):
        answer = await an.posts(path, name="an.nguyen", role="viewer")
        assert answer.status_code == 409
    assert await states(house) == {"an.nguyen": ("admin", staff.ACTIVE)}
    assert "/staff/disable" not in (await an.sees("/staff")).text


async def test_two_who_take_each_other_out(house: House) -> None:
    """Of two administrators who disable each other at once one stays."""
    an = await house.signed_in("an.nguyen", "admin")
    binh = await house.signed_in("binh.tran", "admin")
    marks = [await an.mark(), await binh.mark()]
    await asyncio.gather(
        an.client.post("/staff/disable", data={"csrf": marks[0], "name": "binh.tran"}),
        binh.client.post("/staff/disable", data={"csrf": marks[1], "name": "an.nguyen"}),
    )
    assert sorted(state for _, state in (await states(house)).values()) == ["active", "disabled"]
