"""What a cell of a matrix tells when it is opened: what was expected, what happened, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from stormwalk.events import AccessCellJudged, AccessConcluded
from stormwalk.store import Store
from tests.dashboard import judged, tales
from tests.dashboard.serving import Served, served
from tests.dashboard.test_in_browser import connected, opened, violations
from tests.reporting.access_samples import everything
from tests.reporting.storm_samples import ORDER


@pytest.fixture(scope="module")
def storms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("storms")
    events = list(judged.events())
    with Store.open(root / "store.db") as store:
        store.append(judged.RUN, events, tales.thumbnails(events))
    with served(root / "store.db", root) as running:
        yield running


def told(dashboard: Served, run: str, matrix: str, **named: str) -> Any:
    answer = dashboard.ask(f"/runs/{run}/cells/{matrix}?{urlencode({**named, 'as': 'json'})}")
    assert answer.status == 200, answer.text
    return answer.json


def rows(facts: list[dict[str, str]]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in facts}


def test_a_leak_says_what_the_matrix_says_and_what_happened(dashboard: Served) -> None:
    cell = told(dashboard, tales.RUN, "access", endpoint="GET /api/orders/{id}", role="shopper")

    assert (cell["word"], cell["look"]) == ("leak", "x-leak")
    assert rows(cell["facts"]) == {"Role": "shopper", "Rule": "own", "Observed": "let in"}


def test_a_leak_has_its_proof_and_the_command_that_shows_it_again(tmp_path: Path) -> None:
    access = everything()
    finding = next(one for one in access.alarms if one.replay and one.excerpts)
    endpoint, _, role = finding.places[0].rpartition(" as ")
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *_told_of(access)])
    with served(tmp_path / "store.db", tmp_path) as running:
        cell = told(running, tales.RUN, "access", endpoint=endpoint, role=role)

    assert finding.id in [one["value"] for one in cell["proofs"]]
    assert cell["replay"].startswith("python -m stormwalk access replay ")
    assert str(finding.excerpts[0].status) in [one["answer"].split()[0] for one in cell["exchanges"]]


def _told_of(access: Any) -> Iterator[Any]:
    for one in access.cells:
        yield AccessCellJudged(at=1.0, cell=one)
    yield AccessConcluded(at=2.0, findings=access.findings, coverage=access.coverage)


def test_an_experiment_says_what_was_delivered_what_was_wrong_and_how_to_see_it_again(storms: Served) -> None:
    cell = told(storms, judged.RUN, "experiments", journey=f"{judged.BASE}[chromium]", plan="lost-reply")

    assert cell["word"] == "broken"
    assert "of" in rows(cell["facts"])["Delivered"]
    assert "two orders" in next(iter(rows(cell["proofs"]).values()))
    assert cell["replay"] == judged.BOUGHT_TWICE.replay
    assert [one["name"] for one in cell["links"]] == ["The film of lost-reply (passed)"]


def test_a_cell_of_the_fault_matrix_shows_what_the_user_saw_beside_the_control(storms: Served) -> None:
    cell = told(
        storms,
        judged.RUN,
        "faults",
        journey=judged.BOUGHT_TWICE.title,
        step=ORDER,
        site=judged.SITE,
        plan="lost-reply",
    )

    assert cell["word"] == "broken"
    assert [one["label"] for one in cell["pictures"]] == ["under lost-reply", "the same in a control"]
    assert "failed" in rows(cell["facts"])["Gate"]
    assert storms.ask(cell["links"][0]["href"]).status == 200


def test_a_step_under_a_fault_stands_beside_its_control_and_says_how_to_walk_it_again(storms: Served) -> None:
    step = storms.ask(f"/runs/{judged.RUN}/journeys/2/steps/1?as=json").json

    assert step["pictures"][-1]["label"] == "the same in control 1"
    assert step["replay"] == judged.BOUGHT_TWICE.replay
    control = storms.ask(f"/runs/{judged.RUN}/journeys/1/steps/1?as=json").json
    assert control["replay"] == f"pytest '{judged.BASE}' --chaos --chaos-seed 7"


NOT_THERE = ["access?endpoint=GET+/x&role=shopper", "access", "faults?step=a", "experiments?plan=lost-reply", "other"]


@pytest.mark.parametrize("path", [*NOT_THERE, f"access?endpoint={'x' * 4000}"])
def test_what_is_no_cell_is_refused(path: str, dashboard: Served) -> None:
    assert dashboard.ask(f"/runs/{tales.RUN}/cells/{path}").status == 404


def test_cells_are_opened_walked_and_closed_with_the_keyboard(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}") as there:
        page = there.page
        connected(page)
        page.get_by_role("group", name="Access matrix").focus()
        page.keyboard.press("Control+End")
        last = page.locator("#access .cl").last
        expect(last).to_be_focused()
        page.keyboard.press("Enter")
        title = page.get_by_role("dialog").get_by_role("heading", level=2)
        expect(title).to_have_text("shopper calls GET /api/orders/{id}")
        expect(page.get_by_role("button", name="Next cell")).to_be_disabled()
        assert violations(page) == []
        page.keyboard.press("ArrowLeft")
        expect(title).to_have_text("anonymous calls GET /api/orders/{id}")
        page.keyboard.press("Escape")
        expect(last).to_be_focused()
        assert there.complaints == []


def test_without_javascript_a_cell_is_a_page(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}", javascript=False) as there:
        there.page.locator("#access .cl").last.click()
        expect(there.page.get_by_role("heading", level=1)).to_have_text("shopper calls GET /api/orders/{id}")
        expect(there.page.locator("main")).to_contain_text("let in")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("matrix", ["experiments", "faults"])
def test_axe_finds_nothing_serious_in_a_judged_storm(
    matrix: str, theme: str, chromium: Browser, storms: Served
) -> None:
    with opened(chromium, storms.url, theme=theme) as there:
        connected(there.page)
        assert violations(there.page) == []
        there.page.locator(f"#{matrix} .cl[href]").first.click()
        expect(there.page.get_by_role("dialog")).to_be_visible()
        expect(there.page.get_by_role("dialog").locator("dl")).not_to_have_count(0)
        assert violations(there.page) == []
        assert [one for one in there.complaints if "404" not in one] == []
