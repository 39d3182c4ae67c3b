"""An attribute that is made when it is first asked for.

`functools.cached_property` does the same under a lock until Python 3.12, which costs more than
most of what it keeps for us; nothing here is shared between threads.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 - reads as a decorator
    """Replaced by its value in the instance's own dictionary."""

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: object, owner: type) -> Value:
        """Make the value; from now on the attribute is found without coming here."""
        value = instance.__dict__[self._name] = self._make(instance)
        return value
