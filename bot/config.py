"""config.toml and the environment -> frozen settings, or every mistake at once.

Each key of the file can be overridden by a variable: `telegram.token` by
VSSID_TELEGRAM__TOKEN, a secret of the first gateway by VSSID_SMS__GATEWAYS__0__AUTH__TOKEN;
lists are written as JSON. A mistake is reported by the name of its key and what right looks
like; a value is never repeated, for it may be a secret in the wrong place.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.settings import ConfigError, Limit, LimitsOf, Settings

__all__ = ["ConfigError", "Limit", "Settings", "keys", "load"]

PREFIX = "VSSID_"

Problem = tuple[str, str]  # a key, and what right looks like

_PLACEHOLDER = re.compile(
    r"<[^<>/]*>|[x*.]{3,}|.*(?<![a-z])(change|replace)[-_ ]?(me|this|it)(?![a-z]).*"
    r"|123456(789)?:ABC.*|your[-_ ].*|to ?do|fix ?me|placeholder",
    re.IGNORECASE | re.DOTALL,
)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the file, if there is one, and what the environment overrides in it."""
    written = _read(path) if path else {}
    problems = [*_override(written, environ), *_placeholders(written)]
    settings = Settings.local()
    try:
        settings = Settings.model_validate(written)
    except ValidationError as wrong:
        problems += _refused(wrong)
    problems += [(key, says) for holds, key, says in _contradictions(settings) if holds]
    if problems:
        raise ConfigError(_lines(problems))
    return settings


def keys(kind: object = Settings, above: str = "") -> Iterator[str]:
    """Every key there is, with its section: ``telegram.token``."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        for part in get_args(kind):
            yield from keys(part, above)
        return
    for name, field in kind.model_fields.items():
        yield above + name
        yield from keys(field.annotation, f"{above}{name}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        # only the place: what stands there may be a secret without its quotes
        place = re.search(r"\(at .*\)$", str(error))
        raise ConfigError([f"{path}: is not TOML {place[0] if place else ''}".strip()]) from None


def _override(written: dict[str, Any], environ: Mapping[str, str]) -> Iterator[Problem]:
    """Write what the environment says into `written`; yield what has no place there."""
    for variable, value in sorted(environ.items()):
        if variable.startswith(PREFIX):
            *sections, name = variable.removeprefix(PREFIX).lower().split("__")
            try:
                _put(_inside(written, sections), name, _parsed(value))
            except (LookupError, TypeError, ValueError):
                yield variable, "leads to no key"


def _inside(place: Any, sections: list[str]) -> Any:  # noqa: ANN401 - a tree of TOML
    for section in sections:
        listed = isinstance(place, list)
        place = place[int(section)] if listed else place.setdefault(section, {})
    return place


def _put(place: Any, name: str, value: object) -> None:  # noqa: ANN401 - a tree of TOML
    place[int(name) if isinstance(place, list) else name] = value


def _parsed(value: str) -> object:
    # numbers and dates stay text: their reader knows them, and a secret may look like one
    if not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _placeholders(value: object, at: str = "") -> Iterator[Problem]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _placeholders(inner, f"{at}.{name}" if at else str(name))
        case list():
            for place, inner in enumerate(value):
                yield from _placeholders(inner, f"{at}.{place}")
        case str() if _PLACEHOLDER.fullmatch(value.strip()):
            yield at, "still a placeholder"


def _refused(wrong: ValidationError) -> Iterator[Problem]:
    for error in wrong.errors(include_url=False):
        at = ".".join(str(part) for part in error["loc"])
        context = error.get("ctx", {})
        match error["type"]:
            case "extra_forbidden":
                says = "unknown" + _did_you_mean(at)
            case "missing":
                says = "missing"
            case "model_type" | "model_attributes_type" | "dict_type":
                says = "must be a section with keys of its own"
            case "tuple_type":
                says = "must be a list"
            case "union_tag_invalid":
                says = f"kind must be one of {context['expected_tags']}"
            case "value_error":
                says = str(context["error"])
            case _:
                says = error["msg"]
        yield at, says


def _did_you_mean(unknown: str) -> str:
    known = list(keys())
    last_words = {key.rpartition(".")[2]: key for key in reversed(known)}
    near = get_close_matches(re.sub(r"\.\d+", "", unknown), known, 1, 0.8)
    near = near or get_close_matches(unknown.rpartition(".")[2], last_words, 1, 0.7)
    return f"; did you mean {last_words.get(near[0], near[0])}?" if near else ""


def _lines(problems: list[Problem]) -> list[str]:
    """One line a key: the first that was found, and none that only follows from a part."""
    first = dict(reversed(problems))
    wholes = {key for key in first if any(other.startswith(f"{key}.") for other in first)}
    return [f"{key}: {first[key]}" for key in sorted(first.keys() - wholes)]


def _contradictions(it: Settings) -> list[tuple[bool, str, str]]:
    webhook = it.telegram.mode == "webhook"
    names = [gateway.name for gateway in it.sms.gateways]
    pauses = list(it.limits.pauses)
    life = min(it.codes.sms_seconds, it.codes.email_seconds)
    open_ = min(limit.n for limit in it.limits.account_failures) - it.limits.linked_reserve
    kept = it.retention.tallies * 86400
    no_sms = it.limits.vnd_per_day < it.limits.vnd_per_sms
    no_secret, no_url = not it.telegram.webhook_secret, not it.http.public_url
    return [
        (webhook and no_secret, "telegram.webhook_secret", "missing; telegram.mode is webhook"),
        (webhook and no_url, "http.public_url", "missing; telegram.mode is webhook"),
        (len({*names}) < len(names), "sms.gateways", "two have the same name"),
        (it.codes.min_life >= life, "codes.min_life", "must be shorter than a code lives"),
        (open_ <= 0, "limits.linked_reserve", "must leave some of limits.account_failures"),
        (pauses != sorted(pauses), "limits.pauses", "must not become shorter"),
        (no_sms, "limits.vnd_per_day", "must pay for one SMS at least (limits.vnd_per_sms)"),
        (kept < _longest(it.limits), "retention.tallies", "some limit looks back further"),
    ]


def _longest(limits: LimitsOf) -> int:
    """The longest window any limit looks back on, in seconds."""
    several = (value for _, value in limits if isinstance(value, tuple))
    return max(one.seconds for value in several for one in value if isinstance(one, Limit))
