"""Templates with {placeholders}: which they name, and how they are filled.

Filling is one pass: what a value brings along is never looked at again, so a text that
contains "{ref}" stays the text "{ref}". "{{" and "}}" stand for single braces.
"""

import re
from collections.abc import Callable, Mapping

from pydantic import JsonValue

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def placeholders(template: str) -> set[str]:
    """Name what a template asks for; a single brace without its partner is a ValueError."""
    found = set()
    for brace in _BRACES.finditer(template):
        if brace[0] in "{}":
            raise ValueError(
                "a brace without its partner (write {{ or }} for the character itself)"
            )
        if brace[1] is not None:
            found.add(brace[1])
    return found


def fill(
    template: str, values: Mapping[str, str], escape: Callable[[str], str] = lambda value: value
) -> str:
    """Put the values in, each through `escape`."""

    def put(brace: re.Match[str]) -> str:
        return brace[0][0] if brace[1] is None else escape(values[brace[1]])

    return _BRACES.sub(put, template)


def fill_json(template: JsonValue, values: Mapping[str, str]) -> JsonValue:
    """Fill every string value of a parsed JSON document; names and numbers stay."""
    match template:
        case str():
            return fill(template, values)
        case list():
            return [fill_json(item, values) for item in template]
        case dict():
            return {name: fill_json(item, values) for name, item in template.items()}
        case _:
            return template


def json_strings(template: JsonValue) -> list[str]:
    """Every string value of a parsed JSON document."""
    match template:
        case str():
            return [template]
        case list():
            return [text for item in template for text in json_strings(item)]
        case dict():
            return [text for item in template.values() for text in json_strings(item)]
        case _:
            return []
