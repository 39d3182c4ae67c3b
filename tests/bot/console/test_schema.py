"""A walk over everything the console answers: any method, any values, signed in or not.

Never a 5xx, and never a success for a stranger where a right is needed. The table is the schema:
a new route is walked without a line here.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.console.app import TABLE
from bot.console.roles import ROLES, Right, Role, may
from bot.console.session import COOKIE
from tests.bot.console.conftest import MORNING
from tests.bot.console.house import Browser, House, housed
from tests.bot.console.places import furnished

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# What pages read, and what none of them knows.
FIELDS = ("q", "view", "kind", "after", "next", "name", "password", "code", "text", "reason",
    "step", "lang", "theme", "csrf", "number", "version", "why", "turn", "unknown")  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["", "0", "-1", "1e999", "nan", "\0", "'--", "../..", "waiting", "all", "//x"]
    ),
    st.integers().map(str),
)
FORMS = st.dictionaries(st.one_of(st.sampled_from(FIELDS), WORDS), WORDS, max_size=6)
KINDS = st.sampled_from(
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
walked = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PATHS = sorted({route.path for route in TABLE})


class Walk:
    """A house, somebody signed in for each role, and a stranger; one loop for all examples."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._folder = folder

    def __enter__(self) -> Self:
        self._runner.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._living.__aexit__(None, None, None))
        self._runner.close()

    async def _open(self) -> None:
        self._living = housed(self._folder, ManualClock(MORNING))
        self.house: House = await self._living.__aenter__()
        self.there = await furnished(self.house)
        self.people = {role: await self.house.signed_in(f"{role}.x", role) for role in ROLES}
        self.marks = {role: await one.mark() for role, one in self.people.items()}
        self.stranger = await self.house.browser()

    def asks(self, who: Browser, asking: "Asking", **headers: str) -> httpx.Response:
        """One request."""
        path, body = self._path(asking), asking.body()
        body["headers"] = {**headers, **body["headers"]}
        asked = who.client.request(asking.method, path, params=asking.query, **body)
        return self._runner.run(asked)

    def _path(self, asking: "Asking") -> str:
        path = asking.path
        for name in ("token", "name", "ref", "paper", "number", "guide"):
            value = (self.there if asking.real else asking.values).get(name, "")
            path = path.replace(f"{{{name}}}", quote(value, safe="") or "x")
        return path


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One house for all; the walk changes it, as strangers and officers would."""
    with Walk(tmp_path_factory.mktemp("walk")) as walk:
        yield walk


def right_of(asking: "Asking") -> Right | None:
    """What this method needs at this path, if it is there."""
    wanted = "GET" if asking.method == "HEAD" else asking.method
    rights = [r.right for r in TABLE if (r.path, r.method) == (asking.path, wanted)]
    return rights[0] if rights else None


class Asking(NamedTuple):
    """One request. real: the path's holes hold what is there, else whatever `values` says."""

    path: str
    method: str
    values: dict[str, str]
    real: bool
    query: dict[str, str]
    form: dict[str, str]
    kind: str

    def body(self, **more: str) -> dict[str, Any]:
        """What is posted, as this kind of content, which it need not be."""
        content = urlencode(self.form | more, errors="surrogatepass").encode()
        return {"content": content, "headers": {"Content-Type": self.kind} if self.kind else {}}


ASKING = st.builds(
    Asking,
    st.sampled_from(PATHS),
    st.sampled_from(METHODS),
    FORMS,
    st.booleans(),
    FORMS,
    FORMS,
    KINDS,
)


@walked
@given(asking=ASKING, cookie=WORDS)
def test_strangers(walk: Walk, asking: Asking, cookie: str) -> None:
    """Whoever has not signed in, whatever cookie they send, gets in nowhere; nothing breaks."""
    answer = walk.asks(walk.stranger, asking, Cookie=f"{COOKIE}={quote(cookie)}")
    assert answer.status_code < 500
    if right_of(asking) != "anyone":
        assert answer.status_code >= 300
        assert answer.headers.get("location", "/sign-in").startswith("/sign-in")


@walked
@given(asking=ASKING, role=st.sampled_from(ROLES), marked=st.booleans())
def test_officers(walk: Walk, asking: Asking, role: Role, *, marked: bool) -> None:
    """Whatever an officer's browser sends nothing breaks, and nobody gets more than a right."""
    right = right_of(asking)
    if asking.path.startswith("/sign-") or (asking.path == "/live" and right):
        return  # these end the session, and this one never ends: test_sign_in.py, test_live.py
    csrf = {"csrf": walk.marks[role]} if marked else {}
    answer = walk.asks(walk.people[role], asking._replace(form=asking.form | csrf))
    assert answer.status_code < 500
    unmarked = asking.method == "POST" and right != "anyone" and not marked
    if right is None or not may(role, right) or unmarked:
        assert answer.status_code >= 400
