"""A citizen says how an officer helped, from the chat to the dashboard."""

from storage.base import Figures
from tests.bot.console.house import House
from tests.bot.console.test_dashboard import read
from tests.bot.console.test_notes import attending

CHAT = "telegram:7"


async def figures(house: House) -> Figures:
    return await house.store.figures(0.0, house.clock.now() + 1)


async def test_from_the_chat_to_the_dashboard(house: House) -> None:
    """Asked after an officer has written; the words of a button count, and count once."""
    an, way = await attending(house)
    await an.posts(f"{way}/reply", words="Chào ông/bà, tôi xem giúp.")
    await an.posts(f"{way}/return")
    assert [grade for _, grade, _ in (await figures(house)).rated] == [""]
    await house.hears("Cán bộ giúp tốt", "Cán bộ giúp chưa tốt", chat=CHAT)
    assert [grade for _, grade, _ in (await figures(house)).rated] == ["good"]
    house.clock.pass_(60)
    (row,) = read((await an.sees("/figures/ratings/file")).content)
    assert (row["Được giúp"], row["Tốt"], row["Tốt trong số đã chấm %"]) == ("1", "1", "100.0")
    said = (await house.store.transcript(CHAT, limit=2))[0].said
    assert said.startswith("Cảm ơn ông/bà đã chấm.")


async def test_the_open_answer_is_an_answer(house: House) -> None:
    """Whoever goes on with the procedure has rated nothing and lost nothing."""
    an, way = await attending(house)
    await an.posts(f"{way}/reply", words="Chào ông/bà, tôi xem giúp.")
    await an.posts(f"{way}/return")
    await house.hears("không", "rất tốt", chat=CHAT)
    assert [grade for _, grade, _ in (await figures(house)).rated] == [""]
