"""Every page of the console by the rules of WCAG 2.2 AA, light and dark, as axe-core checks them.

What a machine cannot see (does the order make sense, do the words help) is looked at by people.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from bot.console.frame import Route
from bot.console.roles import ROLES
from tests.bot.console.places import PAGES, example, furnished, seen_by
from tests.bot.console.test_browser import DESKTOP, PHONE, Open, browser, eyes, office
from tests.bot.demo.conftest import Eyes

__all__ = ["browser", "eyes", "office"]
module = pytest.mark.asyncio(loop_scope="module")

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SETTLED = """async () => {
  document.getAnimations().forEach((it) => it.finish());
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def told(violations: list[dict[str, Any]]) -> list[str]:
    """Rule, place and reason of each violation, for whoever has to mend it."""
    return [
        f"{rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in violations
        for node in rule["nodes"]
    ]


async def looked_at(page: Page, url: str) -> list[str]:
    """What is wrong with the page of this address."""
    await page.goto(url)
    await page.evaluate(SETTLED)
    await page.evaluate(AXE)
    found = await page.evaluate(f"axe.run(document, {{runOnly: {RULES}, iframes: false}})")
    assert len(found["passes"]) > 5, "it has not looked"
    return [f"{url} {line}" for line in told(found["violations"])]


async def pictured(page: Page, route: Route, scheme: str, size: tuple[int, int]) -> None:
    """Leave a picture for the docs, if a folder for them is named."""
    if folder := os.environ.get("VSSID_PICTURES"):
        name = "-".join(part for part in route.path.split("/") if part and part[0] != "{")
        how = f"{'desktop' if size == DESKTOP else 'phone'}-{scheme}"
        picture = Path(folder) / f"page-{name or 'inbox'}-{route.path.count('{')}-{how}.png"
        await page.screenshot(path=picture, full_page=size == PHONE)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.timeout(240)  # every page there is
@module
async def test_no_violation(office: Open, eyes: Eyes, scheme: str, size: tuple[int, int]) -> None:
    """Each page can be read and used by everybody, as far as rules can tell."""
    filled = await furnished(office.house)
    page = await eyes.open(office.url, *size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    wrong = []
    for route in (it for it in PAGES if it.right == "anyone"):
        wrong += await looked_at(page, f"{office.url}{example(route, filled)}")
    for role in ROLES:
        if pages := seen_by(role):
            await page.context.clear_cookies()
            await office.house.hires(f"{role}.mot", role)
            await office.enters(page, f"{role}.mot")
            for route in pages:
                wrong += await looked_at(page, f"{office.url}{example(route, filled)}")
                await pictured(page, route, scheme, size)
    assert wrong == []


def test_every_page_is_looked_at() -> None:
    """Some role is the first to see each page."""
    seen = [route for role in ROLES for route in seen_by(role)]
    assert {*PAGES} == {*seen} | {it for it in PAGES if it.right == "anyone"}
