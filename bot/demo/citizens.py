"""The sample citizens of the demo, all of them made up.

`citizens.csv` is also what the demo loads into its registry; `strangers.csv` holds people
the registry must not know. Nothing here reads a real person's data.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

REGISTRY_FILE = Path(__file__).with_name("citizens.csv")
STRANGERS_FILE = Path(__file__).with_name("strangers.csv")

_LONG_NAME = 30


@dataclass(frozen=True, slots=True)
class Citizen:
    """One person a visitor can play; `note` names the text that says what is special."""

    name: str
    note: str
    bhxh_number: str
    national_id: str
    card: str
    phone: str
    email: str


def sample_citizens() -> list[Citizen]:
    """Everybody in the picker: first those the registry knows, then those it does not."""
    return [
        *(_citizen(row, _note(row)) for row in _rows(REGISTRY_FILE)),
        *(_citizen(row, "stranger") for row in _rows(STRANGERS_FILE)),
    ]


def international(phone: str) -> str:
    """A Vietnamese number in E.164, as the notifier addresses its SMS."""
    return "+84" + phone.removeprefix("0") if phone else ""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _citizen(row: dict[str, str], note: str) -> Citizen:
    number = row["bhxh_number"]
    return Citizen(
        name=row["full_name"],
        note=note,
        bhxh_number=number,
        national_id=row["national_id"],
        card=f"DN479{number}",
        phone=row["phone"],
        email=row["email"],
    )


def _note(row: dict[str, str]) -> str:
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
