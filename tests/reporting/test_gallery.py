"""The pictures of a run on one page."""

from __future__ import annotations

from pathlib import Path

from stormwalk.reporting import write_reports
from tests.reporting.links import links
from tests.reporting.samples import FakeStore, journey, plausible, run, step, with_pictures


def test_what_went_wrong_comes_first_and_then_every_journey(tmp_path: Path) -> None:
    whole = plausible()
    page = write_reports(with_pictures(tmp_path, whole), whole, root=tmp_path).gallery
    pictures = [link for link in links(page) if link.endswith(".jpg") and "thumbnails" not in link]
    assert pictures[0] == "shopper/09-place-the-order.jpg"
    assert next(link for link in pictures if "shopper" not in link) == "manager/04-download-the-sales-as-csv.jpg"
    assert {Path(link).parts[0] for link in pictures} == {"shopper", "support", "manager", "visitor"}


def test_thumbnails_lie_beside_their_pictures_and_one_that_is_missing_comes_from_the_store(tmp_path: Path) -> None:
    whole = plausible()
    store = with_pictures(tmp_path, whole)
    beside = tmp_path / "screenshots" / whole.id / "support" / "thumbnails" / "01-log-in.jpg"
    beside.parent.mkdir(parents=True)
    beside.write_bytes(b"\xff\xd8\xff its own")
    page = write_reports(store, whole, root=tmp_path).gallery
    assert beside.read_bytes() == b"\xff\xd8\xff its own"
    assert (beside.parent / "02-find-the-order.jpg").read_bytes() == store.thumbnails["support-2"]
    assert "support/thumbnails/02-find-the-order.jpg" in links(page)


def test_a_run_without_pictures_says_so(tmp_path: Path) -> None:
    assert "No journey was recorded." in write_reports(FakeStore(), run(), root=tmp_path).gallery.read_text()
    assert (
        "No picture was taken." in write_reports(FakeStore(), run(journey(step())), root=tmp_path).gallery.read_text()
    )
