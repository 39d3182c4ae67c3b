"""`switch`: off, on, and what is set."""

from tests.bot.commands.conftest import Installation


def test_off_and_on(house: Installation) -> None:
    """What is switched off is listed with its notice until it is switched on."""
    assert "nothing" in house.run("switch", "list").out
    done = house.run("switch", "off", "flow:forgot_password", "--notice", "Đang bảo trì")
    assert done.code == 0
    assert "within 20 s" in done.out
    assert house.run("switch", "off", "surge", "--notice", "Đông", "--hours", "2").code == 0
    listed = house.run("switch", "list").out
    assert "flow:forgot_password: off" in listed
    assert "Đang bảo trì" in listed
    assert "surge: notice until" in listed
    assert house.run("switch", "on", "flow:forgot_password").code == 0
    assert "forgot_password" not in house.run("switch", "list").out


def test_refusals(house: Installation) -> None:
    """A name that is none, a notice that says nothing, and what was not set."""
    assert house.run("switch", "off", "flow:nothing", "--notice", "x").code == 2
    assert house.run("switch", "off", "surge", "--notice", " ").code == 2
    assert house.run("switch", "on", "surge").code == 2
