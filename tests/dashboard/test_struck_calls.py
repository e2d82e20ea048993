from __future__ import annotations

from tests.dashboard import tales
from tests.dashboard.serving import Served


def test_the_lightbox_marks_only_the_call_that_was_struck(dashboard: Served) -> None:
    calls = dashboard.ask(f"/runs/{tales.TRIED_AGAIN}/journeys/1/steps/1?as=json").json["calls"]

    assert [(one["answer"], one["fault"]) for one in calls] == [
        ("net::ERR_CONNECTION_RESET", "lost-reply"),
        ("201", ""),
    ]
