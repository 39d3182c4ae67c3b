"""An address for every page of the console, with something on it to be seen.

A new page with a part of its own in its address has to be named here; `example` says so.
"""

from bot import rights, staff
from bot.console import names
from bot.console.app import TABLE
from bot.console.frame import Route
from bot.console.roles import ROLES, Role, may
from storage.base import Link, SavedView
from tests.bot.console.files import hands_in
from tests.bot.console.house import LAN, House

CHAT = "telegram:7"
REF = "HS-261123-A7K2M9"
# Answers that are no whole page: a stream, a file; parts of pages are asked for by themselves.
FILES = ("/dossiers/{ref}/paper/{paper}", "/figures/{name}/file", "/misses/file")
PHOTOS = ("/dossiers/{ref}/photo/{number}", "/conversation/{name}/photo/{turn}")
NO_PAGES = ("/live", *FILES, *PHOTOS)
PAGES = [it for it in TABLE if it.method == "GET" and not it.by_itself and it.path not in NO_PAGES]


async def furnished(house: House) -> dict[str, str]:
    """Fill a house, and name what stands in addresses."""
    await hands_in(house, REF, photos=1)
    await hands_in(house, "HS-261123-B7K2M9", "phone_review", {"phone": "+84900000555"}, due_in=-9)
    await house.hears("quên mật khẩu", "đồng ý", "7900000001", "0900000101", "gặp cán bộ")
    now, random = house.clock.now(), house.engine.desk.random
    async with house.store.unit(now=now) as unit:
        member = (await unit.members([LAN.bhxh_number]))[LAN.bhxh_number]
        await unit.add_links([Link(member.account, CHAT, now)])
        await unit.save_views([SavedView("supervisor.mot", "Telegram", "view=all", now)])
    letter = ("Thư số 12/2026", "binh.tran", now)
    await rights.ask(house.engine.desk, house.store, LAN.bhxh_number, *letter)
    token = await staff.invite(house.store, "moi.nguoi", "agent", now, random, "operator")
    return {
        "token": token,
        "name": names.hidden(house.parts.key, CHAT),
        "ref": REF,
        "guide": "cancel",
    }


def example(route: Route, filled: dict[str, str]) -> str:
    """The address of a page with its parts filled in."""
    path = route.path
    for part, value in filled.items():
        path = path.replace(f"{{{part}}}", value)
    assert "{" not in path, f"{route.path}: name an example in tests/bot/console/places.py"
    return path


def seen_by(role: Role) -> list[Route]:
    """The pages that this role is the first to see, of those that see most."""
    order: list[Role] = ["supervisor", "admin", *ROLES]
    mine = [it for it in PAGES if it.right != "anyone" and may(role, it.right)]
    earlier = order[: order.index(role)]
    return [it for it in mine if not any(may(other, it.right) for other in earlier)]
