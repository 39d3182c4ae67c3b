"""What can be checked of a request without a person: lines marked fine, to be looked at, or wrong.

Each line compares what was handed in with what the registry and the bot know. A line never decides
anything, and none of them holds a name, a number or an address.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from bot.dossier_file import File
from flows.checks import fold
from flows.dossier import NEEDED
from storage.base import Change, Dossier, Person

Mark = Literal["fine", "look", "wrong"]
CCCD = 12  # digits; the fourth tells sex and century, the next two the year (TT 59/2021/TT-BCA)
CENTURY = {"0": 1900, "1": 1900, "2": 2000, "3": 2000, "4": 2100, "5": 2100}


class Line(NamedTuple):
    """One finding. key: of texts/desk.toml under `check`; holes: what it names."""

    mark: Mark
    key: str
    holes: Mapping[str, str] = {}


class Seen(NamedTuple):
    """What is known besides the file. holders: who has the contact that is asked for.

    changes: of a contact of the account, lately; others: open requests of the account.
    """

    file: File
    officer: str
    now: float
    changes: Sequence[Change] = ()
    others: Sequence[Dossier] = ()
    holders: frozenset[bytes] = frozenset()


def cross_checks(seen: Seen) -> list[Line]:
    """All lines about one request, what is wrong first."""
    order: tuple[Mark, ...] = ("wrong", "look", "fine")
    found = [line for check in CHECKS for line in check(seen)]
    return sorted(found, key=lambda line: order.index(line.mark))


def _account(seen: Seen) -> Iterator[Line]:
    member = seen.file.member
    if member is None:
        yield Line("look", "unproved")
    elif member.state == "active" or seen.file.dossier.kind == "unfreeze":
        yield Line("fine", "active" if member.state == "active" else "frozen_asked")
    else:
        yield Line("wrong", "not_active")


def _names(seen: Seen) -> Iterator[Line]:
    person, answers = _person(seen.file), seen.file.form.answers
    for field, key in (("full_name", "name"), ("holder", "holder")):
        typed = answers.get(field)
        if not typed or person is None:
            continue
        if not person.full_name:
            yield Line("look", f"{key}_unknown")
        else:
            same = _plain(typed) == _plain(person.full_name)
            yield Line("fine" if same else "wrong", f"{key}_{'same' if same else 'differs'}")


def _birth(seen: Seen) -> Iterator[Line]:
    person, typed = _person(seen.file), seen.file.form.answers.get("birth_date")
    if not typed or person is None:
        return
    if not person.birth_date:
        yield Line("look", "birth_unknown")
        return
    known = "/".join(reversed(person.birth_date.split("-")))
    same = typed == known or typed == known[-len(typed) :] or known == typed[-len(known) :]
    yield Line("fine" if same else "wrong", f"birth_{'same' if same else 'differs'}")


def _id_number(seen: Seen) -> Iterator[Line]:
    person, answers = _person(seen.file), seen.file.form.answers
    typed = answers.get("national_id", "")
    if typed and person is not None and person.national_id:
        same = typed == person.national_id
        yield Line("fine" if same else "wrong", f"id_{'same' if same else 'differs'}")
    number = typed or (person.national_id if person else "")
    born = answers.get("birth_date", "")[-4:] or (person.birth_date[:4] if person else "")
    if len(number) == CCCD and number[3] in CENTURY and born:
        fits = CENTURY[number[3]] + int(number[4:6]) == int(born)
        yield Line("fine" if fits else "look", f"id_year_{'fits' if fits else 'differs'}")


def _photos(seen: Seen) -> Iterator[Line]:
    asked, there = seen.file.form.answers.get("photos"), len(seen.file.photos)
    if there:
        yield Line("fine", "photos", {"n": str(there)})
    elif asked:
        yield Line("wrong", "photos_gone")


def _contacts(seen: Seen) -> Iterator[Line]:
    dossier = seen.file.dossier
    if any(change.cause != dossier.kind for change in seen.changes):
        yield Line("look", "changed_lately", {"n": str(len(seen.changes))})
    elif seen.file.member is not None:
        yield Line("fine", "not_changed")
    if seen.holders - {dossier.account}:
        yield Line("wrong", "contact_taken", {"n": str(len(seen.holders - {dossier.account}))})


def _others(seen: Seen) -> Iterator[Line]:
    others = [row for row in seen.others if row.ref != seen.file.dossier.ref and row.is_open]
    if others:
        yield Line("look", "others", {"n": str(len(others))})


def _time(seen: Seen) -> Iterator[Line]:
    row = seen.file.dossier
    if row.due_at is not None and row.is_open:
        late = (row.paused_at or seen.now) > row.due_at
        yield Line("look" if late else "fine", "late" if late else "in_time")


def _four_eyes(seen: Seen) -> Iterator[Line]:
    needed, given = NEEDED.get(seen.file.dossier.kind, 1), seen.file.form.approvals
    if needed < 2 or not seen.file.dossier.is_open:
        return
    if seen.officer in given:
        yield Line("wrong", "approved_by_you")
    elif given:
        yield Line("fine", "approved_once", {"officer": given[0]})
    else:
        yield Line("look", "needs_two")


CHECKS: tuple[Callable[[Seen], Iterator[Line]], ...] = (
    _account, _names, _birth, _id_number, _photos, _contacts, _others, _time, _four_eyes,
)  # fmt: skip


def _person(file: File) -> Person | None:
    return file.member.person if file.member else None


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
