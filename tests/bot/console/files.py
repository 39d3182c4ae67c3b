"""Requests on the desk of a test, as the turn would have opened them."""

from collections.abc import Mapping
from io import BytesIO

from PIL import Image

from bot.requests import Form, write_form
from storage.base import Change, Dossier, Edge, Photo
from tests.bot.console.house import LAN, House

DAY = 86_400.0
BOOK = {"full_name": "Nguyễn Thị Lan", "birth_date": "12/03/1960", "reason": "lost"}
LINES = ("Loại: Sổ BHXH", "Họ tên: Nguyễn Thị Lan", "Lý do: Bị mất")


def _picture() -> bytes:
    """A photo of nothing."""
    out = BytesIO()
    Image.new("RGB", (320, 200), "#8a7a5a").save(out, "JPEG")
    return out.getvalue()


_PICTURE = _picture()


async def hands_in(
    house: House,
    ref: str,
    kind: str = "reissue_book",
    answers: Mapping[str, str] = BOOK,
    *,
    due_in: float = 5 * DAY,
    number: str = LAN.bhxh_number,
    photos: int = 0,
) -> Dossier:
    """A request that has just come in from the chat of the house's citizen."""
    now = house.clock.now()
    dossier = Dossier(
        ref=ref,
        kind=kind,
        account=house.engine.desk.account_index(number),
        chat="telegram:7",
        lang="vi",
        state="submitted",
        version=1,
        is_open=True,
        opened_at=now,
        due_at=now + due_in,
        paused_at=None,
        form=write_form(Form(dict(answers), lines=LINES)),
    )
    async with house.store.unit(now=now) as unit:
        await unit.save_dossiers([dossier])
        await unit.add_edges([Edge(ref, 1, now, "draft", "submitted", "citizen", "")])
        await unit.add_photos(
            [Photo(f"{ref}-{n}", "telegram:7", 1, ref, now, _PICTURE) for n in range(photos)]
        )
    return dossier


async def now_is(house: House, ref: str) -> Dossier:
    """How a request stands."""
    async with house.store.unit(now=house.clock.now()) as unit:
        return (await unit.dossiers([ref]))[ref]


def change(house: House, cause: str = "change_phone") -> Change:
    """A phone that was changed yesterday."""
    at = house.clock.now() - DAY
    account = house.engine.desk.account_index(LAN.bhxh_number)
    return Change(
        "TD-1", account, "phone", "+84900000102", LAN.phone, "telegram:7", cause,
        at, at, at, at + 3 * DAY, b"mark", None, "",
    )  # fmt: skip
