"""`keys new|list|rotate|reseal`, on a real key file and a real store."""

import stat

from bot import keys
from storage.base import Person
from tests.bot.commands.conftest import Installation, line


def test_new(house: Installation) -> None:
    """The key file is made once, for its owner only, and never again."""
    assert house.run("keys", "new").code == 0
    assert stat.S_IMODE(house.keys.stat().st_mode) == 0o600
    before = house.keys.read_bytes()
    done = house.run("keys", "new")
    assert (done.code, "exists already" in done.err) == (2, True)
    assert house.keys.read_bytes() == before


def test_list_shows_no_secret(house: Installation) -> None:
    """Ids and dates, one line a key, and nothing of a secret."""
    assert house.run("keys", "list").code == 1
    house.run("keys", "new")
    (key,) = keys.load(house.keys).keys
    done = house.run("keys", "list")
    assert done.out.split()[0] == key.id
    assert len(done.out.split()) == 2


def test_rotate(house: Installation) -> None:
    """After a rotation everything is sealed with the newest key, and can be read."""
    house.run("registry", "import", house.csv(*(line(n) for n in range(1, 1_201))))
    done = house.run("keys", "rotate")
    assert (done.code, len(house.run("keys", "list").out.splitlines())) == (0, 2)
    assert "1200 rows sealed anew" in done.out
    assert "0 rows sealed anew" in house.run("keys", "reseal").out
    assert len(house.people()) == 1_200


def test_a_rotation_that_broke_off(house: Installation) -> None:
    """A key that was added without sealing anew is no harm: `reseal` goes on."""
    house.run("registry", "import", house.csv(line(1)))
    keys.rotate(house.keys, now=1.0)
    assert "1 rows sealed anew" in house.run("keys", "reseal").out


def test_not_while_the_bot_runs(house: Installation) -> None:
    """While another process has the database open, no key is added and nothing sealed anew."""
    house.run("registry", "import", house.csv(line(1)))
    before = house.keys.read_bytes()
    with house.elsewhere():
        for word in ("rotate", "reseal"):
            done = house.run("keys", word)
            assert (done.code, "the database is in use" in done.err) == (1, True)
    assert house.keys.read_bytes() == before
    assert house.run("keys", "rotate").code == 0


def test_no_second_key_file(house: Installation) -> None:
    """A lost key file is not replaced by one that cannot open the database."""
    house.run("registry", "import", house.csv(line(1)))
    saved = house.keys.rename(house.folder / "saved")
    done = house.run("registry", "import", house.csv(line(2)))
    assert (done.code, "put the key file back" in done.err) == (2, True)
    assert not house.keys.exists()
    saved.rename(house.keys)
    assert [type(person) for person in house.people()] == [Person]
