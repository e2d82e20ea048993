"""The gate, the summary and the single file in runs of pytest, with a real browser and a real store."""

from __future__ import annotations

import base64
import json
import re
import sys

import pytest

from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

JOURNEYS = """
def test_buys(page):
    shop = Shop(page)
    shop.visit()
    if "WORSE" not in os.environ: page.set_content("<h1>Receipt</h1>")
    shop.read_receipt()

def test_reads(page):
    shop = Shop(page)
    shop.visit()
    shop.read_receipt()
"""
GATE = '\n[gate]\nbase_branch = "trunk"\nratchet = true\n'


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_HEAD_REF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_REF_NAME", "trunk")
    plugged = Plugged(pytester, site.url)
    plugged.journeys(JOURNEYS)
    plugged.write("shop.toml", (plugged.root / "shop.toml").read_text() + GATE)
    return plugged


def test_what_was_red_already_fails_nothing_and_what_was_green_does(
    project: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = project.walk()
    assert first.ret == 1
    first.stdout.fnmatch_lines(["Quality Gate: not judged", "*ratchet: no earlier run of trunk is known*"])

    again = project.walk()
    assert again.ret == 0
    again.stdout.fnmatch_lines(["Quality Gate: passed", "*Red, and red before*Reads > Read the receipt*"])

    summary = project.root / "job-summary.md"
    summary.write_text("What stood there before.\n")
    monkeypatch.setenv("WORSE", "yes")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    worse = project.walk("--single-file", "--summary", "mine.md")

    assert worse.ret == 1
    worse.stdout.fnmatch_lines(
        [
            "Quality Gate: failed: ratchet",
            "*ratchet: 1 cell green on trunk and red now*",
            "*Buys > Read the receipt*",
            "::error title=Quality gate%3A ratchet::1 cell green on trunk and red now: Buys > Read the receipt",
            "::error file=test_shop.py,title=Buys%3A Read the receipt::*",
        ]
    )
    assert "ratchet: **failed**" in (project.root / "mine.md").read_text()
    assert summary.read_text() == "What stood there before.\n", "who names a file has it there"
    run = project.runs[-1]
    folder = project.root / "reports" / run.id
    assert json.loads((folder / "report.json").read_text())["gate"]["passed"] is False
    assert "Quality gate" in (folder / "junit.xml").read_text()
    single = (folder / "report-single.html").read_text()
    (picture, *_) = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)"', single)
    assert base64.b64decode(picture).startswith(b"\xff\xd8\xff")
    assert "Trend" in single


def test_a_machine_that_starts_empty_is_given_a_baseline(project: Plugged) -> None:
    project.walk()
    exported = project.pytester.run(
        sys.executable, "-m", "stormwalk", "history", "--export-state", "state.json", "--project", "shop.toml"
    )
    assert exported.ret == 0
    (project.root / "reports" / "stormwalk.db").unlink()

    assert project.walk("--baseline", "state.json").ret == 0
    assert project.walk("--baseline", "nowhere.json").ret == 2


def test_a_failing_test_beside_the_journeys_is_not_excused(project: Plugged) -> None:
    project.walk()
    project.write("test_beside.py", "def test_sum(): assert 1 + 1 == 3")

    assert project.walk().ret == 1


def test_a_wrong_value_is_one_line(project: Plugged) -> None:
    text = (project.root / "shop.toml").read_text().replace("ratchet = true", 'pass_rate = "all"')
    project.write("shop.toml", text)

    refused = project.walk()

    assert refused.ret == 2
    assert "shop.toml: gate.pass_rate: expected a valid number" in refused.stdout.str() + refused.stderr.str()


def test_pictures_are_attached_where_others_take_them(project: Plugged) -> None:
    pytest.importorskip("allure")
    pytest.importorskip("pytest_html")

    project.walk("--alluredir", "allure", "--html", "other.html", "--self-contained-html", "-k", "reads")

    (result,) = (json.loads(path.read_text()) for path in (project.root / "allure").glob("*-result.json"))
    assert [one["name"] for one in result["attachments"]] == ["01-open-the-shop", "02-read-the-receipt-failure"]
    assert (project.root / "other.html").read_text().count("data:image/jpeg;base64,") == 2
