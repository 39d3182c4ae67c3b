"""The settings of dossiers: who decides them, how long they may take, which days are worked.

The time limits are the law's or promises of the agency's own; config.example.toml says which.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.notifier.described import Described
from flows.dossier import CITIZEN


def _days(written: object) -> object:
    if isinstance(written, bool):
        raise ValueError("must be a number of working days")  # noqa: TRY004 - pydantic collects it
    return written


def _time(written: object) -> object:
    if isinstance(written, time):
        return written
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(written), re.ASCII):
        raise ValueError('must be a time as "17:00"')
    return time.fromisoformat(str(written))


def _several(names: tuple[str, ...]) -> tuple[str, ...]:
    if len({*names}) < len(names):
        raise ValueError("names somebody twice")
    if CITIZEN in names:
        raise ValueError(f"{CITIZEN!r} cannot be an officer's name")
    if len(names) == 1:
        raise ValueError("needs a second one: a lost phone takes two different officers")
    return names


Days = Annotated[int, BeforeValidator(_days), Field(ge=0, le=365)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Officer = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,31}$")]
Officers = Annotated[tuple[Officer, ...], AfterValidator(_several)]
SomeDays = Annotated[tuple[date, ...], Field(max_length=366)]


class Calendar(Described):
    """Working days and hours, as far as they differ from public holidays and weekends."""

    closed: SomeDays = ()
    worked: SomeDays = ()
    opens: TimeOfDay = time(8)
    closes: TimeOfDay = time(17)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if {*self.closed} & {*self.worked}:
            raise ValueError("a day is both closed and worked")
        if self.opens >= self.closes:
            raise ValueError("closes must be later than opens")
        return self


class Dossiers(Described):
    """Officers by name, and the working days that each kind of request may take."""

    officers: Officers = ()
    book_days: Days = 10
    book_verified_days: Days = 45
    card_days: Days = 0
    card_changed_days: Days = 3
    phone_review_days: Days = 3
    reregister_days: Days = 5
    unfreeze_days: Days = 1
    register_days: Days = 3
    register_child_days: Days = 1
    transfer_days: Days = 5
    payment_days: Days = 5

    def days_of(self, kind: str, answers: Mapping[str, str]) -> int:
        """Working days that this request may take."""
        usual, longer = {
            "reissue_book": (self.book_days, self.book_days),
            "reissue_card": (self.card_days, self.card_changed_days),
            "phone_review": (self.phone_review_days, self.phone_review_days),
            "reregister": (self.reregister_days, self.reregister_days),
            "unfreeze": (self.unfreeze_days, self.unfreeze_days),
            "register": (self.register_days, self.register_days),
            "register_child": (self.register_child_days, self.register_child_days),
            "pension_place": (self.transfer_days, self.transfer_days),
            "pension_payment": (self.payment_days, self.payment_days),
        }[kind]
        return longer if answers.get("data") == "changed" else usual
