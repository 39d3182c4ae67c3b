"""What can be wrong with a registry file, said without any value of it."""

from dataclasses import dataclass


class BadFile(Exception):
    """The file as a whole is no registry file; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line; `column` is empty when it is the line itself."""

    line: int
    column: str
    says: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"line {self.line}", self.column, self.says) if part)
