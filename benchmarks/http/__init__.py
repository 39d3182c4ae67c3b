"""The whole program under load: `vssid-bot run` between a Telegram and a gateway of our own.

Everything passes real sockets and real JSON. Only what lies beyond them is played: the Bot
API, the SMS gateway and the citizens, all in one process on another core than the bot's.
"""
