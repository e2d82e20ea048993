"""The chaos report as a browser shows it from the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from stormwalk.reporting import Written, write_reports
from tests.reporting.samples import FakeStore
from tests.reporting.storm_hostile import hostile
from tests.reporting.storm_runs import rich, with_storm_pictures
from tests.reporting.test_report_in_browser import chromium, opened

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    root, other = tmp_path_factory.mktemp("rich"), tmp_path_factory.mktemp("hostile")
    whole = rich()
    return {
        "rich": write_reports(with_storm_pictures(root, whole), whole, root=root),
        "hostile": write_reports(FakeStore(), hostile("<b>" + "W" * 3000), root=other),
    }


def chaos(reports: dict[str, Written]) -> Path:
    path = reports["rich"].chaos
    assert path is not None
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("name", ["rich", "hostile"])
def test_it_fits_and_does_not_complain(
    chromium: Browser, reports: dict[str, Written], name: str, width: int, scheme: str
) -> None:
    for format_ in ("chaos", "html"):
        seen = opened(chromium, reports[name].paths[format_], width=width, scheme=scheme)
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        assert seen.complaints == []
        seen.page.context.close()


def test_every_picture_of_a_finding_is_there_in_full_and_whole(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=1280).page
    sizes = page.evaluate("""async () => {
        const pictures = [...document.querySelectorAll('.sf img')];
        pictures.forEach(one => one.loading = 'eager');
        await Promise.all(pictures.map(one => one.decode()));
        return pictures.map(one => [one.naturalWidth, (one.width / one.height).toFixed(1)]);
    }""")
    assert sizes == [[1280, "1.6"]] * 12
    page.context.close()


def test_a_cell_leads_to_its_experiment_and_that_to_its_walk(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=1280).page
    row = page.get_by_role("row", name="A shopper buys").first
    row.get_by_role("link", name="broken 3 of 4 cells").click()
    experiment = page.locator("details.ex[open]")
    experiment.get_by_role("cell", name="duplicate-order").or_(
        experiment.get_by_text("duplicate-order")
    ).first.wait_for()
    experiment.get_by_role("link", name="Walk with its pictures").click()
    page.get_by_role("heading", name="Walks under storms").wait_for()
    open_walk = page.locator("details.ex[open] details.jr[open]")
    open_walk.get_by_text("lost-reply on POST /api/orders").wait_for()
    assert open_walk.locator(".film img").count() == 9
    page.context.close()


def test_it_reads_without_javascript(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=1280, javascript=False).page
    page.get_by_role("heading", name="Resilience: Weak").wait_for(state="visible")
    page.get_by_role("img", name="Score 84 of 100").wait_for(state="visible")
    page.get_by_text("What the user did is done once.").first.wait_for(state="attached")
    page.locator("#x2 summary").click()
    page.locator("#x2").get_by_text("See it again").wait_for(state="visible")
    page.context.close()


def test_the_pair_opens_side_by_side_with_what_the_user_saw(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=1280).page
    page.locator("#f2 a.shot").first.click()
    title = page.locator("#lb-t")
    assert title.text_content() == "Retrying after a lost reply places a second order: before the fault"
    page.keyboard.press("ArrowRight")
    assert str(title.text_content()).endswith(": what the user saw")
    assert "two orders, 1042 and 1043" in str(page.locator("#lb-d").text_content())
    page.context.close()


def test_a_phone_scrolls_the_matrices_in_their_boxes(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=390).page
    for box in page.locator(".axs").all():
        assert box.evaluate(
            "box => box.scrollWidth > box.clientWidth && box.getBoundingClientRect().right <= innerWidth"
        )
    page.context.close()


def test_a_phone_scrolls_the_list_of_all_steps_instead_of_writing_a_letter_a_line(
    chromium: Browser, reports: dict[str, Written]
) -> None:
    page = opened(chromium, chaos(reports), width=390).page
    rows = page.locator("#cells tbody tr").all()
    assert rows
    assert max(row.evaluate("row => row.offsetHeight") for row in rows) < 100
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_on_paper_commands_and_matrices_are_whole(chromium: Browser, reports: dict[str, Written]) -> None:
    page = opened(chromium, chaos(reports), width=760).page
    page.emulate_media(media="print")
    assert page.evaluate("""[...document.querySelectorAll('.axs, .sf .cmd code')]
        .every(box => box.scrollWidth <= box.clientWidth + 1)""")
    assert page.locator(".chaosline").is_hidden()
    page.context.close()
