"""Services that only tell: what is said to what, and that nothing is asked or done."""

import pytest

from tests.play import play, procedures

TELL = {
    "lookup_bhxh_number": ("book", "card", "papers", "page", "office"),
    "invite_install": ("text", "check"),
    "pension_slip": ("app", "paper"),
}
BUTTONS = [(name, each) for name, more in TELL.items() for each in more]


@pytest.mark.parametrize(("name", "button"), BUTTONS)
def test_each_button_tells(name: str, button: str) -> None:
    """It tells its own text and asks once more; nothing is done."""
    played = play(name, (f"[{button}]",))
    assert (played.keys, played.effects) == ((f"tell.{button}", "again.told"), ())


@pytest.mark.parametrize("name", TELL)
@pytest.mark.parametrize(
    ("inputs", "at"),
    [(("xong",), "done"), (("hủy", "dừng"), "cancelled"), (("[person]",), "person")],
)
def test_it_ends(name: str, inputs: tuple[str, ...], at: str) -> None:
    """One word ends it, a person is one tap away."""
    assert play(name, inputs).at == at


@pytest.mark.parametrize("name", TELL)
def test_nothing_is_asked(name: str) -> None:
    """No state reads anything, so nothing can be given away."""
    assert not procedures()[name].asks
