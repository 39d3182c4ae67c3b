"""What the tests of procedures may ask for."""

from tests.bot.procedures.engines import either, server

__all__ = ["either", "server"]
