"""Logs: one JSON object a line, UTC, for our own words and for every library's.

One masking step stands before everything that is written, so that a careless line
elsewhere does not become a leak: bot tokens, e-mail addresses and the numbers of people
and codes never get through, and a control character never reaches a terminal.
"""

import json
import logging
import logging.handlers
import os
import re
import sys
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# These tell the world every URL they call, and a Bot API URL contains the bot's token.
_TALKATIVE = (
    "aiohttp", "fontTools", "fpdf", "httpx", "httpcore", "telegram", "transitions",
    "uvicorn.access",
)  # fmt: skip

_MASKS = (
    (re.compile(r"bot\d+(?::|%3A)[\w-]+|\d+(?::|%3A)[\w-]{30,}", re.IGNORECASE), "[token]"),
    (re.compile(r"[^\s@<>\"'(),:;]+@[^\s@<>\"'(),:;]+"), "[e-mail]"),
    (re.compile(r"\d(?:[ .-]?\d){8,}|\d{6,}"), "[number]"),
)


def set_up(level: str = "INFO", path: str = "") -> None:
    """Send all logs to a file (made readable by its owner only), or to stderr for "".

    Safe to call again; raises OSError where the file cannot be opened.
    """
    handler = _handler(path)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        masked,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.JSONRenderer(serializer=_json),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # else a line that fails prints its arguments
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().level),
    )
    sys.excepthook = _last_words


def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide in every key and value, however deep, what must not be written down."""
    return {mask(key): _masked(value) for key, value in event.items()}


def mask(text: str) -> str:
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def _masked(value: Any) -> Any:  # noqa: ANN401 - a log line may carry anything
    match value:
        case bool() | float() | None:
            return value
        case int():
            return value if mask(str(value)) == str(value) else "[number]"
        case dict():
            return {mask(str(key)): _masked(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item) for item in value]
        case str():
            return mask(value)
        case bytes():
            return "[bytes]"
        case _:
            return mask(repr(value))


def _json(event: EventDict, **_: Any) -> str:  # noqa: ANN401 - structlog's signature
    # json leaves DEL as it is; everything else outside printable ASCII it escapes itself
    return json.dumps(event).replace("\x7f", "\\u007f")


def _handler(path: str) -> logging.Handler:
    if not path:
        return logging.StreamHandler(sys.stderr)
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    return logging.handlers.WatchedFileHandler(path, encoding="ascii")


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("stopped by an error", exc_info=(kind, error, trace))
