"""The key file: private, never overwritten, changed as a whole."""

import stat
from pathlib import Path

import pytest

from bot.keys import KeyFileError, create, load, load_or_create, rotate

NOW = 1_700_000_000.0
ENTRY = '{"id": "00000001", "created": "", "secret": "' + "A" * 43 + '="}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keys.json"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_first_start(path: Path) -> None:
    """The first start makes a private file in a private folder, the next one reads it."""
    ring = load_or_create(path, now=NOW)
    assert (_mode(path), _mode(path.parent)) == (0o600, 0o700)
    assert load_or_create(path, now=NOW + 9) == load(path) == ring
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert "2023-11-14T22:13:20+00:00" in path.read_text()


def test_never_overwritten(path: Path) -> None:
    """Making a key file where one is refuses, and leaves it."""
    ring = create(path, now=NOW)
    with pytest.raises(KeyFileError, match="exists already"):
        create(path, now=NOW)
    assert load(path) == ring


def test_rotation(path: Path) -> None:
    """A rotation adds the newest key, stays private, and changes no sub-key."""
    before = create(path, now=NOW)
    after = rotate(path, now=NOW + 1)
    assert after == load(path)
    assert after.keys[:1] == before.keys
    assert after.vault().newest == after.keys[1].id != before.vault().newest
    assert after.subkey("code") == before.subkey("code") != before.subkey("tap")
    assert _mode(path) == 0o600


def test_rotation_under_way(path: Path) -> None:
    """While one change is under way another one is refused and says what to do."""
    ring = create(path, now=NOW)
    path.with_name("keys.json.new").touch()
    with pytest.raises(KeyFileError, match="delete that file"):
        rotate(path, now=NOW)
    assert load(path) == ring


def test_rotation_without_a_file(path: Path) -> None:
    """There is nothing to rotate before the first start, and nothing is left behind."""
    path.parent.mkdir()
    with pytest.raises(FileNotFoundError):
        rotate(path, now=NOW)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_readable_by_others(path: Path, mode: int) -> None:
    """A file others can read or write is refused with the command that mends it."""
    create(path, now=NOW)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=f"chmod 600 {path}"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '[{"id": "00000001"}]',
        "[" + ENTRY.replace("00000001", "1") + "]",
        "[" + ENTRY.replace("00000001", "zzzzzzzz") + "]",
        "[" + ENTRY.replace("A" * 43, "AAA") + "]",
        "[" + ENTRY.replace("}", ', "more": 1}') + "]",
        f"[{ENTRY}, {ENTRY}]",
    ],
)
def test_damaged(path: Path, text: str) -> None:
    """A damaged file is refused with the remedy and without its content."""
    create(path, now=NOW)
    path.write_text(text)
    with pytest.raises(KeyFileError, match="restore") as refused:
        load(path)
    assert "AAAA" not in str(refused.value)


def test_ring_hides_its_secrets(path: Path) -> None:
    """A ring printed by accident shows no secret."""
    assert repr(create(path, now=NOW)) == "Keyring()"
