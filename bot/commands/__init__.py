"""One module per command or group of commands; `bot/cli.py` names them, and loads what is used."""
