"""`aside`: what could not be handled is there to be seen, without what it said."""

from bot.commands.opening import Opened
from storage.base import SetAside
from tests.bot.commands.conftest import Installation


def test_what_was_set_aside_is_listed(house: Installation) -> None:
    """Each event is named by time, update, chat and error; its content stays sealed."""

    async def happen(here: Opened) -> None:
        async with here.store.unit(now=1.0) as unit:
            row = SetAside("telegram:1:7", "telegram:42", 0.0, "KeyError", b"secret")
            await unit.set_aside([row])

    assert house.run("aside").out == "nothing was set aside\n"
    house.ask(happen)
    said = house.run("aside").out
    assert said == "1970-01-01 00:00:00Z  telegram:1:7  telegram:42  KeyError\n"
