"""A message to try a channel with: what it looks like when a run goes wrong, and that it is none."""

from __future__ import annotations

import time

from stormwalk.alerts.alert import Alert, Line, Part, State
from stormwalk.alerts.digest import thread_key
from stormwalk.model import RunMode


def sample(project: str, mode: RunMode) -> Alert:
    """The sample of a project, for its normal or its chaos channels."""
    trouble = Line(
        label="failed · A shopper buys · 9 Place the order",
        text="The confirmation was not shown within 5 s",
        more=("POST /api/orders: 503",),
    )
    chaos = mode is RunMode.CHAOS
    figures = (("System Resilience Status", "Moderate (72 of 100)"),) if chaos else ()
    return Alert(
        run_id=f"sample-{int(time.time())}",
        project=project,
        mode=mode,
        branch="",
        state=State.FAILED,
        headline="this is a test",
        subtitle=f"{mode} · sent by: python -m stormwalk alert --test",
        thread=thread_key(project, mode, "test of alerts"),
        figures=(("Total Steps", "12"), ("Passed", "8"), ("Failed", "1"), ("Skipped", "3"), *figures),
        parts=(Part(title="What failed", lines=(trouble,)),),
    )
