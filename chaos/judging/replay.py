"""The command that makes the same storm again."""

from __future__ import annotations

import posixpath
import re
import shlex

from chaos.judging.fair import rule_of
from chaos.plan import plan_names
from stormwalk.config.budgets import PATIENCE_VARIABLE
from stormwalk.storm import NAMED_BY_INI, Invocation, PlanEntry


def replay_of(base: str, plan: PlanEntry, seed: str, started: Invocation = NAMED_BY_INI) -> str:
    """`pytest 'journeys/test_shopper.py::test_shopper' --chaos-plan lost-reply --chaos-seed 7`.

    It walks the journey with its controls, under this plan alone, in the same application and browser, from the folder
    in which the run was started. Every text is quoted for a shell.
    """
    journey = posixpath.join(started.root, re.sub(r"\[.*", "", base, flags=re.DOTALL))
    patience = [f"{PATIENCE_VARIABLE}={shlex.quote(started.patience)}"] if started.patience else []
    words = [*patience, "pytest", _quoted(journey), "--chaos-plan", _quoted(asked_for(plan))]
    seeded = ["--chaos-seed", shlex.quote(seed)] if seed else []
    return " ".join([*words, *seeded, *map(shlex.quote, started.options)])


def asked_for(plan: PlanEntry) -> str:
    """What `--chaos-plan` has to be given for this plan: where it came from, its name, or the rule itself."""
    if plan.source:
        return plan.source
    if plan.name in plan_names() or len(plan.rules) != 1 or rule_of(plan.name) is not None:
        return plan.name
    return plan.rules[0].text


def _quoted(text: str) -> str:
    """Always in quotes, so that the command can be read as one that was written by hand."""
    return f"'{text}'" if shlex.quote(text) == text else shlex.quote(text)
