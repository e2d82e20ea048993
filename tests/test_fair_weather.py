"""What can be switched on in the shop and must not show in fair weather: journeys walk as in the clean shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_app.defects import DECOYS, DEFECTS, DefectKind
from stormwalk.model import Status
from tests.journeys.walking import walk

pytestmark = pytest.mark.catalogue


def test_no_resilience_defect_shows_in_fair_weather(tmp_path: Path) -> None:
    names = [defect.name for defect in DEFECTS if defect.kind is DefectKind.RESILIENCE]
    walked = walk(tmp_path, "journeys", "-n", "2", defects=",".join(names))
    assert walked.exit_code == 0, walked.console


def test_no_decoy_stands_in_the_way_of_a_user_in_a_browser(tmp_path: Path) -> None:
    walked = walk(tmp_path, "journeys", "-n", "2", defects=",".join(decoy.name for decoy in DECOYS))
    red = {step.name for step in walked.run.steps if step.status in (Status.FAILED, Status.ERROR)}
    # These steps look at the statuses of the API, which is just what access decoys change.
    assert red == {"Be refused by the API as shopper", "Be refused by the API as visitor"}, walked.console
