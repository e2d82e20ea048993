from __future__ import annotations

import re
from pathlib import Path

import pytest

from stormwalk.model import FlowStatus, Status
from stormwalk.observations import Moment
from stormwalk.store import Store
from tests.journeys.walking import Walk, walk

WORKERS = 2


pytestmark = pytest.mark.catalogue


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Every journey on a shop without defects."""
    return walk(tmp_path_factory.mktemp("clean"), "journeys", "-n", str(WORKERS))


def test_every_journey_is_green(walked: Walk) -> None:
    assert walked.exit_code == 0, walked.console[-4000:]
    assert walked.run.flow_status is FlowStatus.PASSED
    assert {journey.status for journey in walked.run.journeys} == {Status.PASSED}


def test_there_are_enough_of_them(walked: Walk) -> None:
    assert len(walked.run.journeys) >= 5
    assert walked.run.totals.total >= 30


def test_one_run_holds_the_steps_of_every_worker_in_order(walked: Walk) -> None:
    assert {journey.worker for journey in walked.run.journeys} == {f"gw{one}" for one in range(WORKERS)}
    for journey in walked.run.journeys:
        steps = list(journey.steps)
        assert [step.index for step in steps] == list(range(1, len(steps) + 1)), journey.title
        begun = [step.started_at for step in steps]
        assert begun == sorted(begun), journey.title


def test_every_step_has_its_picture_and_a_thumbnail(walked: Walk) -> None:
    with Store.open(walked.root / "walk.db") as store:
        for step in walked.run.steps:
            assert step.picture is not None, step.name
            assert step.picture.moment is Moment.END
            assert (walked.root / step.picture.path).is_file(), step.name
            assert store.thumbnail(walked.run.id, step.picture.id), step.name


def test_the_roles_were_looked_at(walked: Walk) -> None:
    assert {step.role for step in walked.run.steps if step.role_check} >= {
        "anonymous", "shopper", "support", "manager", "admin"
    }  # fmt: skip
    assert re.search(r"Role Validation: passed \((\d+) of \1 checks; (\d+) of \2 cells\)", walked.console)


def test_the_names_of_steps_are_the_same_in_every_run(walked: Walk) -> None:
    # What a run makes for itself, an email, a number or a product, must not be in the name of a step.
    varying = [step.name for step in walked.run.steps if re.search(r"nia-|Tarp|\b10[0-9]{2}\b(?<!1001)", step.name)]
    assert not varying


def test_no_password_is_left_behind(walked: Walk) -> None:
    seeded = b"Passw0rd-"
    left = [file for file in walked.root.rglob("*") if file.is_file() and seeded in file.read_bytes()]
    assert [file for file in left if file.name not in ("demo.toml", "demo-access.toml")] == []


def test_each_journey_says_what_must_not_happen(walked: Walk) -> None:
    for journey in walked.run.journeys:
        assert "What must not happen:" in journey.goal, journey.title


def test_nothing_is_left_in_the_checkout(walked: Walk) -> None:
    root = Path(__file__).parents[2]
    assert not (root / "reports" / walked.run.id).exists()
    assert not (root / "screenshots" / walked.run.id).exists()
