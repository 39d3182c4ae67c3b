"""The address that links are made from: whole, plain, and short enough for every SMS."""

import itertools
from pathlib import Path

import pytest

from bot.config import load
from bot.notices import plain
from bot.notifier.gsm7 import SINGLE, septets
from bot.passwords import page_token
from bot.settings import ConfigError, Http
from bot.web.address import LONGEST
from tests.bot.test_notices_text import SMS, _extremes, _holes

TOKEN = page_token(bytes)[0]
LINKED = [each for each in SMS if "{link}" in each[3]]
FITS = "https://" + "a" * (LONGEST - len("https://"))


def longest(name: str, text: str, address: str) -> int:
    """How long this text can become with links made from this address."""
    holes = _holes(text)
    lengths = []
    for values in itertools.product(*({*_extremes(name, hole)} for hole in holes)):
        filled = dict(zip(holes, values, strict=True)) | {"link": f"{address}/p/{TOKEN}"}
        lengths.append(septets(plain(text.format_map(filled))))
    assert None not in lengths
    return max(length for length in lengths if length)


def test_the_longest_address_just_fits() -> None:
    """Every SMS with a link holds the longest address that is taken, and one does no more."""
    lengths = [longest(name, text, FITS) for name, _, _, text in LINKED]
    assert lengths
    assert max(lengths) == SINGLE


@pytest.mark.parametrize("address", ["", FITS, "https://bot.agency.vn", "http://localhost:8000"])
def test_an_address_that_fits(address: str) -> None:
    """Taken as it is written."""
    assert Http(public_url=address).public_url == address


@pytest.mark.parametrize("path", ["", "/bot", "/a/b-c_d.e"])
def test_a_slash_at_the_end_is_dropped(path: str) -> None:
    """Else every link would hold two, and lead nowhere."""
    assert Http(public_url=f"https://bot.agency.vn{path}/").public_url.endswith(f"vn{path}")


def test_a_longer_address_is_refused(tmp_path: Path) -> None:
    """By its key, with how many characters fit, and without its value."""
    file = tmp_path / "config.toml"
    file.write_text(f'http.public_url = "{FITS}b"')
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    fits = f"http.public_url: at most {LONGEST} characters fit into an SMS with a link, not 51"
    assert refused.value.problems == [fits]


@pytest.mark.parametrize(
    "address",
    [
        "bot.agency.vn",
        "ftp://bot.agency.vn",
        "https://",
        "https:///bot",
        "https://bot.agency.vn?x=1",
        "https://bot.agency.vn/#top",
        "https://user@bot.agency.vn",
        "https://bot.agency.vn/~bot",
        "https://bảohiểm.vn",
        "https://bot.agency.vn\n",
        "https://bot.agency.vn/a b",
    ],
)
def test_what_no_link_can_be_made_from(address: str) -> None:
    """Told what right looks like; nothing of what was written is repeated."""
    with pytest.raises(ConfigError) as refused:
        load(None, {"VSSID_HTTP__PUBLIC_URL": address})
    (problem,) = refused.value.problems
    assert problem.startswith("http.public_url: must look like https://bot.agency.vn or")
