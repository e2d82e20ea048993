from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.plugin import _usual_ms
from chaos.spreading import _controls_of
from stormwalk.experiment import base_of
from stormwalk.store import Store
from tests.plugged import warm_pytest

CONFTEST = """
from chaos.spreading import LongestFirst

USUAL = {usual}

def pytest_xdist_make_scheduler(config, log):
    return LongestFirst(config, log, ["latency"], USUAL.get)
"""
WALKS = """
import os, pathlib, pytest

@pytest.fixture(autouse=True)
def _told(request):
    with pathlib.Path("walked.txt").open("a") as file:
        file.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.name}\\n")

@pytest.mark.parametrize("walk", ["control-1", "latency", "control-2"])
@pytest.mark.parametrize("journey", ["visits", "buys", "sells"])
def test_walks(journey, walk): pass
"""


def walked(pytester: pytest.Pytester, usual: dict[str, float], workers: int = 1) -> list[tuple[str, str]]:
    """Worker and journey of each walk, in their order."""
    of_journeys = {f"test_walks.py::test_walks[{name}": ms for name, ms in usual.items()}
    pytester.makeconftest(CONFTEST.format(usual=of_journeys))
    pytester.makepyfile(test_walks=WALKS)
    walks = warm_pytest().run(pytester.path, "-n", str(workers), "-p", "no:cacheprovider", timeout=240)
    walks.assert_outcomes(passed=9)
    lines = [line.split() for line in (pytester.path / "walked.txt").read_text().splitlines()]
    return [(worker, name.partition("[")[2].partition("-")[0]) for worker, name in lines]


def test_the_journey_that_takes_longest_is_begun_first(pytester: pytest.Pytester) -> None:
    order = walked(pytester, {"visits]": 400.0, "buys]": 900.0, "sells]": 500.0})

    assert [journey for _, journey in order] == ["buys"] * 3 + ["sells"] * 3 + ["visits"] * 3


def test_what_nobody_knows_may_be_the_longest(pytester: pytest.Pytester) -> None:
    order = walked(pytester, {"visits]": 400.0, "buys]": 900.0})

    assert [journey for _, journey in order] == ["sells"] * 3 + ["buys"] * 3 + ["visits"] * 3


def test_who_walks_nothing_but_storms_knows_the_controls(pytester: pytest.Pytester) -> None:
    order = walked(pytester, {"visits-control": 400.0, "buys-control": 900.0, "sells]": 500.0})

    assert [journey for _, journey in order] == ["buys"] * 3 + ["sells"] * 3 + ["visits"] * 3


def test_the_walks_of_a_journey_stay_on_one_worker(pytester: pytest.Pytester) -> None:
    order = walked(pytester, {}, workers=2)

    assert len({worker for worker, _ in order}) == 2
    assert len(set(order)) == 3


@pytest.mark.parametrize("walk", ["test_a[control-1]", "test_a[control-1-chromium]", "test_a[chromium-control-1]"])
def test_a_control_is_found_wherever_its_name_says_so(walk: str) -> None:
    assert walk.startswith(_controls_of(base_of(walk)))


def test_of_a_store_that_cannot_be_read_no_length_is_known(tmp_path: Path) -> None:
    with Store.open(tmp_path / "runs.db") as store:
        host: Any = SimpleNamespace(store=store, project=SimpleNamespace(name="shop"))
        assert _usual_ms(host, "journeys/test_shopper.py::test_shopper") is None, "nobody has walked yet"
        store.close()
        for one in tmp_path.iterdir():
            one.write_bytes(b"no database" * 100)

        assert _usual_ms(host, "journeys/test_shopper.py::test_shopper") is None
