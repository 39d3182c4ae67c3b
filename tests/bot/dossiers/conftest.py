"""What the tests of dossiers and of changes of a contact may ask for."""

from tests.bot.dossiers.office import office, open_office
from tests.bot.procedures.engines import server

__all__ = ["office", "open_office", "server"]
