"""The sample citizens of the demo, all of them made up.

`citizens.csv` is also what the demo loads into its registry; `strangers.csv` holds people
the registry must not know. `belongings.csv` has what each of them holds besides: what stands
on papers but not in the registry, a second phone, a new e-mail, the account's password.
Nothing here reads a real person's data.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REGISTRY_FILE = Path(__file__).with_name("citizens.csv")
STRANGERS_FILE = Path(__file__).with_name("strangers.csv")
BELONGINGS_FILE = Path(__file__).with_name("belongings.csv")

_LONG_NAME = 30


@dataclass(frozen=True, slots=True)
class Citizen:
    """One person a visitor can play; `note` names the text that says what is special."""

    name: str
    note: str
    bhxh_number: str
    national_id: str
    card: str
    birth_date: str
    phone: str
    email: str
    new_phone: str
    new_email: str
    password: str


def sample_citizens() -> list[Citizen]:
    """Everybody in the picker: first those the registry knows, then those it does not."""
    held = {row["bhxh_number"]: row for row in _rows(BELONGINGS_FILE)}
    return [
        *(_citizen(row, held, _note(row)) for row in _rows(REGISTRY_FILE)),
        *(_citizen(row, held, "stranger") for row in _rows(STRANGERS_FILE)),
    ]


def international(phone: str) -> str:
    """A Vietnamese number in E.164, as the notifier addresses its SMS."""
    return "+84" + phone.removeprefix("0") if phone else ""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _citizen(row: dict[str, str], held: Mapping[str, dict[str, str]], note: str) -> Citizen:
    number = row["bhxh_number"]
    own = held[number]
    return Citizen(
        name=row["full_name"],
        note=note,
        bhxh_number=number,
        national_id=row["national_id"] or own["national_id"],
        card=f"DN479{number}",
        birth_date=_as_written(row["birth_date"] or own["birth_date"]),
        phone=row["phone"],
        email=row["email"],
        new_phone=own["new_phone"],
        new_email=own["new_email"],
        password=own["password"],
    )


def _as_written(birth_date: str) -> str:
    """The way Vietnamese papers have it: "12/03/1985", or the year alone."""
    return "/".join(reversed(birth_date.split("-")))


def _note(row: dict[str, str]) -> str:
    if not row["birth_date"]:
        return "gaps"
    if len(row["birth_date"]) == len("1948"):
        return "year_only"
    if len(row["full_name"]) > _LONG_NAME:
        return "long_name"
    match bool(row["phone"]), bool(row["email"]):
        case True, True:
            return "both"
        case True, False:
            return "phone_only"
        case False, True:
            return "email_only"
        case _:
            return "nothing"
