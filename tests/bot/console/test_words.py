"""The console's texts: the same in both languages, and every step has a name."""

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from bot.console import app, words
from bot.console.roles import ROLES
from flows import discover

TEMPLATES = Path(app.__file__).parent / "templates"


def _leaves(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _holes(text: str) -> set[str]:
    return {hole for _, hole, *_ in string.Formatter().parse(text) if hole}


def test_both_languages_say_the_same() -> None:
    """The same keys, and in each the same holes."""
    vi, en = (dict(_leaves(words.words(lang))) for lang in words.LANGS)
    assert vi.keys() == en.keys()
    for key in vi:
        holes = [
            {hole for _, hole, *_ in string.Formatter().parse(it[key]) if hole} for it in (vi, en)
        ]
        assert holes[0] == holes[1], key


def test_no_key_is_hidden_by_a_method() -> None:
    """A template would find the method of a dict instead of the text."""
    for key, _ in _leaves(words.words("vi")):
        assert not {*key.split(".")} & {*dir(dict)}, key


def test_every_step_and_answer_has_a_name() -> None:
    """Officers never read the name of a state or a field of ours."""
    for lang in words.LANGS:
        named = words.words(lang)["steps"]
        for flow in discover().values():
            assert {state for state, _ in flow.rows} <= named.keys(), flow.name
            assert {field.name for field in fields(flow.draft)} <= named.keys(), flow.name


def test_everything_in_the_navigation_has_a_name() -> None:
    """So has every role."""
    for lang in words.LANGS:
        told = words.words(lang)["frame"]
        assert {route.nav for route in app.TABLE if route.nav} <= told["nav"].keys()
        assert told["role"].keys() == {*ROLES}


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_no_template_holds_script_style_or_text(file: Path) -> None:
    """The policy forbids what is inline, and words stand in texts/."""
    text = file.read_text("utf-8")
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert not any(f" on{event}=" in text for event in ("click", "load", "submit", "error"))
    assert not [letter for letter in text if not letter.isascii() and letter != "·"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Nguyễn Thị Lan\n", "Nguyễn Thị Lan\n"),
        ("a\u202eb", "a[U+202E]b"),
        ("\u200b\u2060\ufeff", "[U+200B][U+2060][U+FEFF]"),
        ("\x00\x1b[2J", "[U+0000][U+001B][2J"),
        ("👍🏽 e\u0301", "👍🏽 e\u0301"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, seen: str) -> None:
    """Invisible letters and those that turn the line around."""
    assert words.shown(text) == seen
