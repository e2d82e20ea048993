"""A run that is asked for a dashboard finds the one of its store or starts it, and leaves it when it ends."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stormwalk import dashboards
from stormwalk.dashboards import Serving, Summoned, announced, serving
from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

STORE = "reports/stormwalk.db"
End = Callable[[Path], None]


@pytest.fixture
def ending() -> Iterator[End]:
    """Ends the dashboard of a store below a folder, by its process, once the test is over."""
    roots: list[Path] = []
    yield roots.append
    for root in roots:
        found = serving(root, STORE)
        if found is not None:
            os.kill(found.process, signal.SIGTERM)
            _until(lambda root=root: serving(root, STORE) is None)  # type: ignore[misc]


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return str(answer.read().decode())


def test_starts_one_and_the_next_run_is_sent_to_it(tmp_path: Path, ending: End) -> None:
    ending(tmp_path)
    first = Summoned(tmp_path, STORE).told()
    found = serving(tmp_path, STORE)
    assert found is not None
    assert first == f"dashboard: {found.address} (process {found.process}, which outlives the run)"
    assert found.address.startswith("http://127.0.0.1:")
    assert "Stormwalk" in page(found.address)

    again = Summoned(tmp_path, str(tmp_path / STORE)).told()
    assert again == f"dashboard: {found.address} (process {found.process}, which was there already)"


def test_runs_that_begin_together_start_one(tmp_path: Path, ending: End) -> None:
    ending(tmp_path)
    both = [Summoned(tmp_path, STORE), Summoned(tmp_path, STORE)]
    lines = [one.told() for one in both]

    found = serving(tmp_path, STORE)
    assert found is not None
    assert [one.partition(" (")[0] for one in lines] == [f"dashboard: {found.address}"] * 2
    assert [one for one in lines if "outlives" in one] == lines[:1]


def test_an_address_counts_only_while_somebody_serves_there(tmp_path: Path) -> None:
    address = "http://127.0.0.1:4711/"
    with announced(tmp_path, STORE, address):
        assert serving(tmp_path, STORE) == Serving(address=address, process=os.getpid())
        assert serving(tmp_path, "reports/another.db") is None
        with announced(tmp_path, STORE, "http://127.0.0.1:4712/"):
            assert serving(tmp_path, STORE) == Serving(address=address, process=os.getpid())
    assert serving(tmp_path, STORE) is None


def test_no_file_tells_the_password_of_the_store(tmp_path: Path) -> None:
    with announced(tmp_path, "postgresql://sam:secret@127.0.0.1/shop", "http://127.0.0.1:4711/"):
        (file,) = (tmp_path / "reports").iterdir()
        assert "secret" not in file.name + file.read_text()


def test_says_in_a_line_that_the_package_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboards, "PACKAGE", tmp_path / "dashboard")

    said = Summoned(tmp_path, STORE).told()
    assert said == "dashboard: the package `dashboard` is not installed beside stormwalk; the run goes on without it"


def test_says_why_it_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / STORE).write_text("This is a letter, not a database. " * 40)

    said = Summoned(tmp_path, STORE).told()
    assert said.startswith("dashboard: it did not start (")
    assert "is not a database" in said
    assert said.endswith("; the run goes on without it")


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_run_says_where_it_is_and_ends_without_it(
    pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch, ending: End, workers: tuple[str, ...]
) -> None:
    use_our_browser(monkeypatch)
    plugged = Plugged(pytester, site.url)
    plugged.write("dashboard/__main__.py", "raise SystemExit('somebody else is called like this')\n")
    plugged.journeys("\ndef test_visits(page):\n    Shop(page).visit()\n")
    ending(plugged.root)
    result = plugged.walk("--dashboard", "-q", *workers)

    found = serving(plugged.root, STORE)
    assert found is not None
    lines = [line for line in result.outlines if line.startswith("dashboard: ")]
    assert lines == [f"dashboard: {found.address} (process {found.process}, which outlives the run)"]
    assert result.ret == 0
    run_id = plugged.runs[-1].id
    assert run_id in page(f"{found.address}runs/{run_id}")
