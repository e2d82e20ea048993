"""One run in which a named secret and a person's data turn up wherever they can: nothing that it leaves shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from stormwalk.masking import COLOUR
from stormwalk.model import Status
from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

SECRET = "K3y-of-the-warehouse"
PERSON = "DE89 3704 0044 0532 0130 00"
REDACTION = """
[redaction]
secrets = [{ env = "WAREHOUSE_KEY" }, { env = "NOT_SET" }]
patterns = ['DE\\d{2}(?: ?\\d{4}){4} ?\\d{2}']
mask = ["#iban"]
"""
JOURNEYS = f'''
import logging, sys
KEY, IBAN = os.environ["WAREHOUSE_KEY"], "{PERSON}"

class Depot(Shop):
    @step("Show {{what}}")
    def show(self, what):
        told = f"<title>{{what}}</title><h1>{{what}}</h1><p id=iban>{{IBAN}}</p><input value='{{what}}'>"
        self.page.set_content(told)

    @step("Say it aloud", role_check=True)
    def say(self, what):
        self.page.evaluate("what => {{ console.error(what); setTimeout(() => {{ throw new Error(what) }}) }}", what)
        self.page.evaluate(
            "what => fetch('/api/orders/1?note=' + encodeURIComponent(what), {{method: 'POST', body: what}})", what
        )
        self.page.goto("/?colour=" + what)

    @step("Expect it")
    def expect_it(self, what): expect(self.page.get_by_text(what + "!"), f"shows {{what}}").to_be_visible(timeout=300)

@pytest.mark.parametrize("what", [KEY, IBAN, KEY + IBAN])
def test_depot(page, what):
    print("printed", what)
    print("printed", what, file=sys.stderr)
    logging.getLogger("depot").warning("logged %s", what)
    depot = Depot(page)
    depot.visit()
    depot.show(what)
    depot.say(what)
    depot.show(what)
    depot.expect_it(what)

def test_own_code(page):
    Depot(page).visit()
    raise RuntimeError(f"{{KEY}} and {{IBAN}}")

def test_skipped(page):
    pytest.skip(f"{{KEY}} and {{IBAN}}")
'''


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    monkeypatch.setenv("WAREHOUSE_KEY", SECRET)
    plugged = Plugged(pytester, site.url)
    plugged.write("shop.toml", (plugged.root / "shop.toml").read_text(encoding="utf-8") + REDACTION)
    plugged.journeys(JOURNEYS)
    return plugged


def shown_in(root: Path) -> dict[str, list[str]]:
    """Which of the two a file shows, its name included."""
    found = {}
    for folder in ("reports", "screenshots"):
        for file in (root / folder).rglob("*"):
            whole = str(file.relative_to(root)).encode() + (file.read_bytes() if file.is_file() else b"")
            words = [word for word in (SECRET, PERSON, PERSON.replace(" ", "")) if word.encode() in whole]
            if words:
                found[str(file.relative_to(root))] = words
    return found


def without_names(text: str) -> list[str]:
    """The lines, without pytest's own names of tests."""
    return [re.sub(r"test_depot\[[^\]]*\]", "test_depot", line) for line in text.splitlines()]


def test_nothing_that_a_run_leaves_shows_them(project: Plugged) -> None:
    result = project.walk(
        "-v", "-rA", f"--junitxml={project.root / 'junit-of-pytest.xml'}", "-k", f"not {SECRET[:3]}xyz"
    )
    said = result.stdout.str() + result.stderr.str()

    assert result.ret == 1
    assert Status.FAILED in {journey.status for journey in project.runs[-1].journeys}
    assert shown_in(project.root) == {}
    assert [line for line in without_names(said) if SECRET in line or PERSON in line] == []
    # What a test is called, pytest itself has said before anybody could hide it.
    own = (project.root / "junit-of-pytest.xml").read_text(encoding="utf-8")
    assert [line for line in without_names(own) if SECRET in line or PERSON in line] == []
    assert "[redacted]" in said
    pictures = list((project.root / "screenshots").rglob("*-show-*.jpg"))
    assert pictures
    assert [one.name for one in pictures if not painted_over(one)] == []


def painted_over(picture: Path) -> bool:
    """Whether there is a mask in it: nothing else of the page has its colour."""
    mask = ImageColor.getrgb(COLOUR)
    with Image.open(picture) as opened:
        pixels = opened.convert("RGB").tobytes()
    seen = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    return sum(max(abs(a - b) for a, b in zip(one, mask, strict=True)) < 6 for one in seen) > 200


WATCHED = """
import time
from stormwalk.store import Store

def test_watched(page):
    shop = Shop(page)
    shop.visit()
    with Store.open("reports/stormwalk.db") as store:
        run = store.latest_run()
        for number in range(30):
            store.watch(run)
            shop.paint(number)
            page.wait_for_timeout(150)
"""


@pytest.mark.parametrize("mask", [False, True], ids=["without a mask", "with one"])
def test_where_something_is_masked_nobody_is_shown_a_live_frame(project: Plugged, mask: bool) -> None:
    if not mask:
        text = (project.root / "shop.toml").read_text(encoding="utf-8").replace('mask = ["#iban"]', "")
        project.write("shop.toml", text)
    project.journeys(WATCHED)
    project.write("spy.py", SPY)
    project.walk("-p", "spy")

    assert (project.root / "filmed").exists() is not mask


SPY = """
from pathlib import Path
from stormwalk.store import Store

put = Store.put_frame
def put_frame(self, *given):
    Path("filmed").touch()
    put(self, *given)
Store.put_frame = put_frame
"""
