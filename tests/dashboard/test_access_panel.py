"""What the page of a run tells of its access check: also what no cell of the matrix shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.access_panel import access_view
from dashboard.capped import ROWS
from dashboard.matrix_views import MatrixView
from stormwalk.access.results import Access, AccessCoverage, Expected, Verdict
from stormwalk.events import AccessCellJudged, AccessConcluded, AccessProbed, AccessStarted, Event, RunFinished
from stormwalk.store import Store
from tests.dashboard import tales
from tests.dashboard.serving import Served, served
from tests.dashboard.test_in_browser import connected, opened, violations
from tests.dashboard.test_showing import folded
from tests.reporting.access_samples import cell, clean, everything, finding


def told(access: Access) -> Iterator[Event]:
    """The events of the check, its end included where it came to one."""
    cells = tuple((one.endpoint, one.role) for one in access.cells)
    yield AccessStarted(at=1.0, roles=access.roles, cells=cells, draft=access.draft)
    for one in access.cells:
        yield AccessCellJudged(at=1.0, cell=one)
    if access.finished:
        yield AccessProbed(at=2.0, probes=9, duration_ms=1.0, remarks=access.remarks)
    yield AccessConcluded(at=2.0, findings=access.findings, coverage=access.coverage)


def view(access: Access, over: bool = True) -> MatrixView:
    run = folded(tales.started(), *told(access))
    assert run.access is not None
    return access_view(tales.RUN, run.access, over)


def test_a_finding_that_no_cell_shows_is_told_all_the_same() -> None:
    """Or a token that lives on after log-out would stand under a matrix that is green from end to end."""
    outside = replace(clean(), findings=(finding("token-after-logout"),))

    assert view(outside).bad == "1 finding"
    assert [one.title for one in view(outside).findings] == [outside.findings[0].title]
    assert view(clean()).bad == ""
    assert view(everything()).bad.endswith("other findings")


def test_what_was_accepted_is_not_red() -> None:
    leak = cell("GET /a", "shopper", Expected.DENY, Verdict.BYPASSED)
    known = finding("over-permission", "GET /a as shopper", accepted=True)
    shown = view(Access(roles=("shopper",), cells=(leak,), findings=(known,), finished=True))

    assert shown.bad == ""
    assert shown.summary == "0 of 1 cell as expected, 1 leak, 1 accepted"
    assert [(one.word, one.look) for one in shown.findings] == [("accepted", "skipped")]


def test_what_the_check_leaves_open_is_said() -> None:
    unknown = cell("GET /a", "shopper", Expected.DENY, Verdict.INCONCLUSIVE)
    coverage = AccessCoverage(cells=2, judged=0, uncovered=("GET /b",), threshold=0.9)
    check = Access(roles=("shopper",), cells=(unknown,), coverage=coverage, draft=True, remarks=("No way back.",))
    shown = view(check)

    assert "1 inconclusive" in shown.summary
    said = " ".join(one.text for one in shown.open)
    assert "draft" in said
    assert "did not come to its end" in said
    assert "0 % of the cells were judged" in said
    assert "GET /b was seen, and is not in the matrix" in said
    assert "did not come to its end" not in " ".join(one.text for one in view(check, over=False).open)


def test_a_leak_in_a_long_matrix_is_not_left_out() -> None:
    good = [cell(f"GET /a{number}", "shopper") for number in range(ROWS + 50)]
    shown = view(
        Access(
            roles=("shopper",), cells=(*good, cell("GET /z", "shopper", Expected.DENY, Verdict.BYPASSED)), finished=True
        )
    )

    assert len(shown.rows) == ROWS
    assert [one.look for one in shown.rows[-1].cells] == ["x-leak"]
    assert shown.more == "51 more rows in the report"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_finding_opens_with_its_proof(theme: str, chromium: Browser, tmp_path: Path) -> None:
    outside = next(one for one in everything().findings if one.rule == "token-after-logout")
    with _served(tmp_path) as running, opened(chromium, running.url, theme=theme) as there:
        connected(there.page)
        findings = there.page.locator("#access .fds").first
        findings.get_by_role("link", name=outside.title).click()
        box = there.page.get_by_role("dialog")
        expect(box.get_by_role("heading", level=2)).to_have_text(outside.title)
        expect(box).to_contain_text(outside.id)
        assert violations(there.page) == []
        box.get_by_role("link", name="Open as page").click()
        expect(there.page.get_by_role("heading", level=1)).to_have_text(outside.title)


def test_a_finding_that_comes_while_somebody_watches_is_shown(chromium: Browser, tmp_path: Path) -> None:
    events = list(told(everything()))
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *events[:3]])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            store.append(tales.RUN, events[3:])
            there.page.get_by_text("What the check leaves open").click()
            expect(there.page.locator("#access .fds").first).to_contain_text(everything().alarms[0].title)


@contextmanager
def _served(tmp_path: Path) -> Iterator[Served]:
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *told(everything()), RunFinished(at=3.0, exit_code=1)])
    with served(tmp_path / "store.db", tmp_path) as running:
        yield running
