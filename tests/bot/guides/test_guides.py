"""Guides are found by other words, follow their files, and survive a broken edit."""

import shutil
from datetime import date
from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.commands.guides import lint, problems
from bot.guides import EVERY, Guide, Guides, home, load


class Watch:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        """It begins at nought."""
        self.at = 0.0

    def now(self) -> float:
        """The time it was put to."""
        return self.at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the product's guides that may be edited."""
    with as_file(home()) as real:
        return Path(shutil.copytree(real, tmp_path / "guides"))


def test_an_edit_counts_without_a_restart(folder: Path) -> None:
    """An edited file is read again at the next look, within a minute."""
    watch = Watch()
    guides = Guides(watch, folder)
    file = folder / "app.toml"
    file.write_text(file.read_text("utf-8").replace("VssID is the official", "It is the"), "utf-8")
    watch.at += EVERY
    found = guides.get("what")
    assert found
    assert found.short("en").startswith("It is the")
    assert EVERY < 60


def test_a_broken_edit_keeps_the_last_good_version(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be read changes nothing and is logged."""
    watch = Watch()
    guides = Guides(watch, folder)
    (folder / "app.toml").write_text("[what", "utf-8")
    watch.at += EVERY
    assert guides.get("what")
    assert "guides.broken" in capsys.readouterr().out


def test_a_guide_switched_off_is_not_found(folder: Path) -> None:
    """The switch takes an answer out of the chat at once."""
    file = folder / "app.toml"
    file.write_text(file.read_text("utf-8").replace("[what]\n", "[what]\non = false\n"), "utf-8")
    guides = Guides(Watch(), folder)
    assert guides.get("what") is None
    assert "what" not in [one.name for one in guides.find("VssID là gì")]


def test_the_product_is_clean() -> None:
    """The guides of the product have nothing to mend at the date they are for."""
    assert list(problems(load(home()), date(2026, 11, 24), 12)) == []


def test_lint_names_what_is_wrong() -> None:
    """Each thing to mend has its line."""
    bad = Guide(
        vi="Một. Hai. BHXH" + " ba" * 50 + ".",
        en="Your OTP.",
        more_vi="",
        more_en="More.",
        source="",
        checked=date(2020, 1, 1),
        owner="content",
        asks_vi=["same", "same"],
        asks_en=[],
        on=False,
        leads="nowhere",
    )
    said = "\n".join(problems({"bad": bad}, date(2026, 11, 24), 12))
    for part in ("sentences", "45 words", "OTP", "missing", "no source", "2020", "twice", "off"):
        assert part in said
    for part in ("nowhere", "says 'BHXH'", "asks_vi has fewer", "asks_en has fewer"):
        assert part in said


def test_lint_fails_on_a_broken_file(folder: Path) -> None:
    """A file that cannot be read ends with exit code 1."""
    (folder / "app.toml").write_text("[what", "utf-8")
    assert lint(folder) == 1
