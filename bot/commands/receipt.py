"""`vssid-bot receipt`: prove a receipt with public keys alone; no database, no network.

Proves the signed statement, not the paper around it: it says what was signed, for the reader to
compare.
"""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot import keys
from bot.commands.opening import USAGE, ConfigFile, Stopped, plainly, say, settings_from
from bot.papers import seal, words
from bot.papers.seal import BadList, NotGenuine, Statement

LONGEST = 10_000_000  # bytes read; a receipt has some twenty thousand

What = Annotated[
    str,
    Parameter(
        allow_leading_hyphen=True,
        help="The text beside the QR code, a file with it, the PDF itself; - reads what comes in.",
    ),
]
KeyList = Annotated[
    Path | None,
    Parameter("--keys", help="What `receipt keys` printed [default: this installation's keys]."),
]

app = App(name="receipt", help="Receipts: prove one offline, print the keys that prove them.")


@app.command(name="keys")
def keys_(*, config: ConfigFile = None) -> None:
    """Print the public keys, oldest first: all that somebody elsewhere needs to `verify`.

    After `keys rotate` there is one more; verifiers add it and keep the older ones.
    """
    with plainly():
        sys.stdout.write(seal.write_list(_own_keys(config)))


@app.command
def verify(what: What = "-", /, *, known: KeyList = None, config: ConfigFile = None) -> None:
    """Say what a receipt's signature vouches for. Exit code: 0 genuine, 1 not, 2 wrong usage.

    A PDF that another program has saved anew may have lost the text; then type or scan it.
    """
    with plainly():
        public_keys = _listed(known) if known else _own_keys(config)
        try:
            statement = seal.verify(public_keys, _signed(what))
        except NotGenuine as error:
            raise Stopped(f"NOT genuine: {error}") from None
        say("genuine; the paper must say the same:", *_told(statement))


def _own_keys(config: Path | None) -> list[bytes]:
    file = Path(settings_from(config).keys.file)
    try:
        ring = keys.load(file)
    except FileNotFoundError:
        says = f"{file}: there is no key file; --keys names a list that `receipt keys` printed"
        raise Stopped(says, USAGE) from None
    return [seal.public_key(seed) for seed in seal.seeds(ring)]


def _listed(file: Path) -> tuple[bytes, ...]:
    try:
        return seal.read_list(file.read_text("utf-8"))
    except (BadList, UnicodeDecodeError) as error:
        says = str(error) if isinstance(error, BadList) else "it is no text"
        raise Stopped(f"{file}: {says}; ask for what `receipt keys` prints", USAGE) from None
    except FileNotFoundError:
        raise Stopped(f"{file}: no such file", USAGE) from None


def _signed(what: str) -> str:
    """The statement in a text, a file or what comes in; NotGenuine where there is none."""
    if what == "-":
        return _found(sys.stdin.buffer.read(LONGEST))
    if _is_typed(what):
        return _found(what.encode())
    try:
        with Path(what).open("rb") as file:
            return _found(file.read(LONGEST))
    except FileNotFoundError:
        says = f"{what[:80]}: no such file, and no text that begins with {seal.VERSION}."
        raise Stopped(says, USAGE) from None


def _is_typed(what: str) -> bool:
    """Whether it can only be a statement, however damaged: no file is called like that."""
    return what.startswith(f"{seal.VERSION}.") or (len(what) > 120 and what.count(".") == 2)


def _found(raw: bytes) -> str:
    if not raw.startswith(b"%PDF-"):
        # Copied from paper or screen it may be broken into lines.
        return "".join(raw.decode("utf-8", "replace").split())
    statements = set(seal.LOOKS_SO.findall(raw.decode("latin-1")))
    match sorted(statements):
        case [only]:
            return str(only)
        case []:
            raise NotGenuine("no signed text in that PDF; type or scan the one on the paper")
    raise NotGenuine("that PDF holds several signed texts; type or scan the one on the paper")


def _told(statement: Statement) -> list[str]:
    # A newer version may have signed words that this one does not know.
    said = words.keys("vi")
    at = words.in_viet_nam(statement.at)
    return [
        f"reference  {statement.reference}",
        f"request    {said.get(f'kind.{statement.kind}', statement.kind)}",
        f"time       {at:%H:%M:%S %d/%m/%Y} in Viet Nam",
        f"step       {said.get(f'step.{statement.step}', statement.step)}",
    ]
