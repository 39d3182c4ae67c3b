"""Undo codes cannot be guessed at leisure."""

from tests.bot.dossiers.held import the_change
from tests.bot.dossiers.office import member
from tests.bot.procedures.walks import changes_phone, undo_code
from tests.bot.town import LAN, Town


async def test_guesses_are_counted(office: Town) -> None:
    """After ten guesses in a day not even the right code works in that chat; in others it does."""
    await changes_phone(office.citizen("telegram:1"))
    code, guesser = undo_code(office), office.citizen("web:guess")
    for number in range(10):
        await guesser.says(f"KHÔNG A2B3C4D5E{number % 8 + 2}")
    refused = await guesser.says(f"KHÔNG {code}")
    assert "không đúng" in refused.text
    assert (await the_change(office)).ended_at is None
    await office.citizen("web:owner").says(f"KHÔNG {code}")
    assert (await member(office)).person == LAN
