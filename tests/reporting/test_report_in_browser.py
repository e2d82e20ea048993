"""The pages as a browser shows them from the disk."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from stormwalk.browser import check_launch, find_browser, launch_options
from stormwalk.model import Status
from stormwalk.reporting import Written, write_reports
from tests.reporting.samples import BASE, FakeStore, call, journey, plausible, run, step, with_pictures


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = find_browser(headed=False)
    with sync_playwright() as playwright:
        sandbox = check_launch(found).sandbox
        launched = playwright.chromium.launch(**launch_options(found, headed=False, sandbox=sandbox))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    root = tmp_path_factory.mktemp("plausible")
    whole = plausible()
    return write_reports(with_pictures(root, whole), whole, root=root)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Names without a single place to break a line, everywhere."""
    long = "<b>" + "W" * 3000
    bad = step(1, long, Status.FAILED, reason=long, details=long, url=BASE + "/" + long, role=long, actor=long,
               calls=tuple(call("/" + long, 503) for _ in range(3)))  # fmt: skip
    fine = [step(n, long, url=BASE + "/" + long, calls=(call("/" + long),)) for n in range(2, 70)]
    whole = run(journey(bad, *fine, status=Status.FAILED, title=long, goal=long), project=long, base_url=long)
    return write_reports(FakeStore(), whole, root=tmp_path_factory.mktemp("hostile"))


@dataclass(slots=True)
class Opened:
    """A page, and what it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda line: self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(request.url))


def opened(browser: Browser, path: Path, *, width: int, scheme: str = "light", javascript: bool = True) -> Opened:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=javascript,
    )
    one = Opened(context.new_page())
    one.listen()
    one.page.goto(path.as_uri())
    return one


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", ["html", "gallery"])
def test_it_fits_loads_and_does_not_complain(
    chromium: Browser, written: Written, name: str, width: int, scheme: str
) -> None:
    seen = opened(chromium, written.paths[name], width=width, scheme=scheme)
    page = seen.page
    loaded = page.evaluate("""async () => {
        const pictures = [...document.querySelectorAll('img[src]')];
        pictures.forEach(one => one.loading = 'eager');
        await Promise.all(pictures.map(one => one.decode()));
        return pictures.filter(one => one.naturalWidth > 0).length;
    }""")
    assert loaded == 23
    assert page.evaluate("document.documentElement.scrollWidth") == width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(14, 17, 21)" if scheme == "dark" else "rgb(245, 246, 248)")
    assert seen.complaints == []
    page.context.close()


_CROPPED = """() => [...document.querySelectorAll('.shot img')].filter(one => {
    const box = one.getBoundingClientRect();
    const shown = getComputedStyle(one).objectFit === 'cover' || box.height > innerHeight;
    return shown && Math.abs(box.width / box.height / (one.naturalWidth / one.naturalHeight) - 1) > 0.01;
}).length"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["html", "gallery"])
def test_every_picture_is_shown_whole(chromium: Browser, written: Written, name: str, width: int, scheme: str) -> None:
    seen = opened(chromium, written.paths[name], width=width, scheme=scheme)
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate("""async () => {
        const pictures = [...document.querySelectorAll('img[src]')];
        pictures.forEach(one => one.loading = 'eager');
        await Promise.all(pictures.map(one => one.decode()));
    }""")
    assert page.evaluate(_CROPPED) == 0
    heights = page.evaluate("[...document.querySelectorAll('.shot img')].map(one => one.getBoundingClientRect())")
    assert all(1.4 < box["width"] / box["height"] < 1.9 for box in heights)
    page.context.close()


def test_a_narrow_screen_has_the_way_to_the_pictures_and_strips_in_line(chromium: Browser, written: Written) -> None:
    page = opened(chromium, written.html, width=390).page
    assert page.get_by_role("link", name="Gallery").is_visible()
    page.context.close()
    page = opened(chromium, written.gallery, width=390).page
    lefts = page.evaluate("""[...document.querySelectorAll('section')].filter(one => one.querySelector('.film'))
        .map(one => [one.querySelector('h2, .chip'), one.querySelector('.fm')].map(
            part => Math.round(part.getBoundingClientRect().left)))""")
    assert [strip for _, strip in lefts] == [12] * len(lefts)
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["html", "gallery"])
def test_text_without_a_place_to_break_does_not_widen_the_page(
    chromium: Browser, hostile: Written, name: str, width: int
) -> None:
    seen = opened(chromium, hostile.paths[name], width=width)
    page = seen.page
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()


def test_the_lightbox_is_led_by_the_keyboard(chromium: Browser, written: Written) -> None:
    seen = opened(chromium, written.html, width=1280)
    page = seen.page
    first = page.locator("#j1 .film a").first
    first.focus()
    page.keyboard.press("Enter")
    title, box = page.locator("#lb-t"), page.locator("dialog")
    assert box.evaluate("box => box.open")
    assert title.text_content() == "1 Sign up"
    page.keyboard.press("ArrowRight")
    assert title.text_content() == "2 Log in"
    assert "/login" in str(page.locator("#lb-d").text_content())
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert title.text_content() == "9 Place the order"
    assert (
        page.evaluate(
            "document.querySelector('#lb-i').decode().then(() => document.querySelector('#lb-i').naturalWidth)"
        )
        == 1280
    )
    page.keyboard.press("Escape")
    assert not box.evaluate("box => box.open")
    assert page.evaluate("document.activeElement.dataset.title") == "9 Place the order"
    assert seen.complaints == []
    page.context.close()


def test_a_mailed_report_shows_the_thumbnail_where_the_picture_stayed_behind(
    chromium: Browser, written: Written, tmp_path: Path
) -> None:
    shutil.copytree(written.folder, tmp_path / "mailed")
    seen = opened(chromium, tmp_path / "mailed" / "report.html", width=1280)
    page = seen.page
    page.locator("#j1 .film a").first.click()
    page.locator("#lb-w").wait_for(state="visible")
    assert (
        page.evaluate(
            "document.querySelector('#lb-i').decode().then(() => document.querySelector('#lb-i').naturalWidth)"
        )
        == 320
    )
    page.context.close()


def test_it_reads_without_javascript(chromium: Browser, written: Written) -> None:
    seen = opened(chromium, written.html, width=1280, javascript=False)
    page = seen.page
    page.get_by_role("heading", name="Partial Failure").wait_for(state="visible")
    assert page.locator("#theme").is_hidden()
    with page.expect_navigation():
        page.locator("#j1 .film a").first.click()
    assert page.url.endswith("shopper/01-sign-up.jpg")
    page.context.close()


def test_the_toggle_changes_the_theme_and_the_filter_the_journeys(chromium: Browser, written: Written) -> None:
    seen = opened(chromium, written.html, width=1280)
    page = seen.page
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 21)"
    page.get_by_label("Not passed").check()
    assert page.locator("details.jr:visible").count() == 2
    page.context.close()


def test_injected_markup_would_not_run(chromium: Browser, written: Written, tmp_path: Path) -> None:
    text = written.html.read_text().replace("</main>", "<script>document.title='owned'</script></main>")
    (tmp_path / "report.html").write_text(text)
    seen = opened(chromium, tmp_path / "report.html", width=1280)
    page = seen.page
    assert page.title() != "owned"
    page.context.close()


def printed(page: Page) -> str:
    """What is drawn on paper of size A4, page by page, as the operators of PDF."""
    whole = page.pdf(format="A4", prefer_css_page_size=True)
    streams = re.findall(rb"/Filter /FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", whole, re.DOTALL)
    return "\n".join(zlib.decompress(one).decode("latin-1") for one in streams)


def test_on_paper_statuses_keep_their_colours_and_the_paper_stays_white(chromium: Browser, written: Written) -> None:
    page = opened(chromium, written.html, width=1280, scheme="dark").page
    page.evaluate("document.documentElement.dataset.theme = 'dark'")

    drawn = printed(page)

    assert ".7686 .149 .1725 rg" in drawn, "the bar of the failed steps, a background that browsers leave out"
    assert ".0863 .102 .1255 rg" in drawn, "dark letters, whatever the screen shows"
    page.context.close()


def test_on_paper_nothing_is_torn_from_its_heading(chromium: Browser, written: Written) -> None:
    page = opened(chromium, written.html, width=718).page  # what A4 leaves between its margins
    page.emulate_media(media="print")
    styles = page.evaluate("""() => {
        const style = (name) => getComputedStyle(document.querySelector(name));
        return [style('.h2').breakAfter, style('.jr > summary').breakAfter, style('.fd').breakInside,
                style('.fd').gridTemplateColumns.split(' ').length];
    }""")
    assert styles == ["avoid", "avoid", "avoid", 2]
    assert page.locator(".bar, .toc, .raw:not([open])").filter(visible=True).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 718
    page.context.close()
