"""The command that walks a journey again, as it was walked."""

from __future__ import annotations

import shlex

from dashboard.state import RunState
from dashboard.steps import JourneyState
from stormwalk.reporting.words import shorten


def replay_of(run: RunState, journey: JourneyState) -> str:
    """`pytest 'journeys/test_shopper.py::test_shopper' --chaos-plan lost-reply --chaos-seed 7`; as the judgement has
    it where there is one. A control is walked with every storm of its journey, so of one there is no plan to name."""
    if not journey.nodeid:
        return ""
    judged = run.judgement.experiments if run.judgement else ()
    known = next((one.replay for one in judged if journey.key in one.keys), "")
    return shorten(known or " ".join(_words(run, journey)), 400)


def _words(run: RunState, journey: JourneyState) -> list[str]:
    words = ["pytest", _quoted(journey.nodeid.partition("[")[0])]
    if not journey.storm:
        return words
    plan = next((one for one in run.plans if one.name == journey.plan), None)
    words += ["--chaos-plan", _quoted(plan.source or plan.name)] if plan else ["--chaos"]
    return [*words, *(["--chaos-seed", shlex.quote(run.seed)] if run.seed else [])]


def _quoted(text: str) -> str:
    """Always in quotes, as those commands are that the reports name."""
    return f"'{text}'" if shlex.quote(text) == text else shlex.quote(text)
