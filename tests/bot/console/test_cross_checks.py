"""What the desk finds out by itself, case by case."""

import pytest
from msgspec.structs import replace

from bot.console.cross_checks import Line, Seen, cross_checks
from bot.console.words import words
from bot.dossier_file import File
from bot.requests import Form, write_form
from storage.base import Change, Dossier, Member, Person, Photo

NOW = 1_800_000_000.0
MINE, OTHERS = b"mine", b"others"
PERSON = Person(
    "7900000001", "079160000001", "Nguyễn Thị Lan", "1960-03-12", "+84900000101", "", ""
)
PHOTO = Photo("p", "telegram:7", 1, "HS-1", NOW, b"")
CHANGE = Change("TD", MINE, "phone", "", "", "c", "add_email", 0, 0, 0, 0, b"", None, "")


def request(kind: str = "reissue_book", *approvals: str, **answers: str) -> Dossier:
    """One that has just been handed in."""
    form = write_form(Form(answers, approvals=approvals))
    at, version, is_open, paused = NOW, 1, True, None
    return Dossier(
        "HS-1", kind, MINE, "telegram:7", "vi", "submitted", version, is_open,
        at, at + 9, paused, form,
    )  # fmt: skip


def found(
    dossier: Dossier, person: Person | None = PERSON, state: str = "active", **more: object
) -> list[str]:
    """Marks and keys of what is found, in their order."""
    member = Member(MINE, person, state=state) if person else None
    photos = more.pop("photos", ())
    seen = Seen(File(dossier, member, (), photos), "an", NOW, **more)  # type: ignore[arg-type]
    return [f"{line.mark} {line.key}" for line in cross_checks(seen)]


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ({"full_name": "nguyen thi  lan"}, "fine name_same"),
        ({"full_name": "Nguyễn Thị Lân A"}, "wrong name_differs"),
        ({"holder": "NGUYEN THI LAN"}, "fine holder_same"),
        ({"holder": "TRAN VAN TEO"}, "wrong holder_differs"),
        ({"birth_date": "12/03/1960"}, "fine birth_same"),
        ({"birth_date": "1960"}, "fine birth_same"),
        ({"birth_date": "12/03/1961"}, "wrong birth_differs"),
        ({"national_id": "079160000001"}, "fine id_same"),
        ({"national_id": "079160000002"}, "wrong id_differs"),
        ({}, "fine id_year_fits"),
        ({"birth_date": "12/03/1959"}, "look id_year_differs"),
        ({"photos": "2"}, "wrong photos_gone"),
    ],
)
def test_what_was_declared(answers: dict[str, str], line: str) -> None:
    """Each answer is compared with the registry, but for accents and capitals of names."""
    assert line in found(request("reissue_book", **answers))


def test_what_the_registry_lacks() -> None:
    """Nothing to compare with is not a match."""
    person = Person("7900000001", "", "", "", "", "", "")
    lines = found(request(full_name="An", holder="AN", birth_date="1960"), person)
    assert {"look name_unknown", "look holder_unknown", "look birth_unknown"} <= {*lines}
    assert not any(line.startswith("fine name") for line in lines)


def test_the_account() -> None:
    """A request without a proved account, or of one that is closed, is pointed out."""
    assert "look unproved" in found(request(), None)
    assert "wrong not_active" in found(request(), state="frozen")
    assert "fine frozen_asked" in found(request("unfreeze"), state="frozen")


def test_contacts() -> None:
    """A change of another cause, and a contact that is somebody else's; one's own is none."""
    assert "look changed_lately" in found(request(), changes=[CHANGE])
    own = replace(CHANGE, cause="phone_review")
    assert "fine not_changed" in found(request("phone_review"), changes=[own])
    assert "wrong contact_taken" in found(request(phone="x"), holders=frozenset({MINE, OTHERS}))
    assert "wrong contact_taken" not in found(request(phone="x"), holders=frozenset({MINE}))


def test_time_and_others() -> None:
    """Late is late, also while it stands still; other open requests are counted without this."""
    late = replace(request(), due_at=NOW - 1)
    assert "look late" in found(late)
    assert "fine in_time" in found(replace(late, paused_at=NOW - 2))
    other = replace(request(), ref="HS-2")
    assert "look others" in found(request(), others=[request(), other])
    assert "look others" not in found(request(), others=[request()])


def test_four_eyes() -> None:
    """The officer reads whether they are the first, the second, or the same one again."""
    assert "look needs_two" in found(request("phone_review"))
    assert "fine approved_once" in found(request("phone_review", "binh"))
    assert "wrong approved_by_you" in found(request("phone_review", "an"))


def test_order_and_words() -> None:
    """What is wrong stands first; every line has words in both languages."""
    lines = found(request(full_name="x", photos="1"), photos=[PHOTO], changes=[CHANGE])
    marks = [line.partition(" ")[0] for line in lines]
    assert marks == sorted(marks, key=["wrong", "look", "fine"].index)
    for lang in ("vi", "en"):
        said = words(lang)["desk"]["check"]
        assert all(said[line.partition(" ")[2]].format(n="1", officer="an") for line in lines)
    assert Line("fine", "active").holes == {}
