"""The program `vssid-bot`; everything it can do is in `bot/cli.py`."""

from bot.cli import main

if __name__ == "__main__":
    main()
