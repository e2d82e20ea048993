"""The options of storms, what they come to, and what is refused before anything is called."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest

from chaos.fitting import fitted
from chaos.hooks import expect_hooks
from chaos.items import CONTROLS
from chaos.plan import STANDARD, Plan, plans_for
from stormwalk.access.matrix import ANONYMOUS
from stormwalk.config import Project, load_project
from stormwalk.config.safety import LOOPBACK
from stormwalk.errors import PlanError, UsageError
from stormwalk.options import settings_of

# Options that count something, and what makes sense: without a control nothing can be judged, and pytest makes an item
# of each walk before the first of them begins.
_SENSIBLE = {"chaos_repeats": (0, 1_000), "chaos_controls": (1, 1_000), "chaos_stop_after": (0, 1_000_000)}
# Options that do nothing without a storm, and what they are where nobody has given them.
_OF_STORMS = {
    "fail_under": None,
    "chaos_seed": None,
    "chaos_repeats": 0,
    "chaos_controls": CONTROLS,
    "chaos_stop_after": 0,
}


def add_options(parser: pytest.Parser) -> None:
    """Declares the options."""
    group = parser.getgroup("chaos", "Stormwalk: storms")
    group.addoption("--chaos", action="store_true", help="walk every journey under the plans of the set `standard`")
    group.addoption(
        "--chaos-plan",
        action="append",
        default=[],
        metavar="PLAN",
        help="a plan, a set, a TOML file or a rule such as 'latency:500ms @ /api/**'; may be repeated; implies --chaos",
    )
    group.addoption("--chaos-seed", metavar="SEED", help="the same seed makes the same storm (default: a new one)")
    group.addoption(
        "--chaos-repeats", type=int, default=0, metavar="N", help="walks under each plan (default: 1; latency: 3)"
    )
    group.addoption(
        "--chaos-controls",
        type=int,
        default=CONTROLS,
        metavar="N",
        help=f"walks without a fault for each journey ({CONTROLS})",
    )
    group.addoption("--chaos-list", action="store_true", help="list faults and plans, and do nothing")
    group.addoption("--chaos-plan-only", action="store_true", help="say what would be done, and do nothing")
    group.addoption(
        "--chaos-stop-after",
        type=int,
        default=0,
        metavar="N",
        help="begin no other experiment once N have deviated, on whichever worker",
    )
    group.addoption("--fail-under", type=float, metavar="SCORE", help="fail below this resilience score (0 to 100)")
    group.addoption("--i-have-approval", action="store_true", help="storm a host that is not this machine")


def plans_of(config: pytest.Config) -> tuple[Plan, ...]:
    """The plans that were asked for, each once, as they fit the application; none in fair weather.

    Raises PlanError or ProjectFileError, one line.
    """
    asked = config.getoption("chaos_plan") or ([STANDARD] if config.getoption("chaos") else [])
    found: dict[str, Plan] = {}
    for plan in (plan for one in asked for plan in plans_for(one)):
        if found.setdefault(plan.name, plan).source != plan.source:
            raise PlanError(
                f"{plan.source or found[plan.name].source}: two plans have the name {plan.name}; rename the file"
            )
    settings = settings_of(config) if found else None
    if settings is None:
        return tuple(found.values())
    project = load_project(settings.project_file, base_url=settings.base_url)
    return tuple(fitted(plan, project) for plan in found.values())


def seed_of(config: Any) -> str:
    """The seed of the run: a worker has it from who started it."""
    given = getattr(config, "workerinput", {}).get("chaos_seed") or config.getoption("chaos_seed")
    return str(given) if given else secrets.token_hex(4)


def expect_sense(config: pytest.Config) -> None:
    """Raises UsageError for a number that makes no sense."""
    for name, (least, most) in _SENSIBLE.items():
        given = config.getoption(name)
        if not least <= given <= most:
            raise UsageError(f"--{name.replace('_', '-')} {given}: expected a number from {least} to {most:,}")
    gate = config.getoption("fail_under")
    if gate is not None and not 0 <= gate <= 100:
        raise UsageError(f"--fail-under {gate:g}: expected a score from 0 to 100")


def expect_fair_weather(config: pytest.Config) -> None:
    """Raises UsageError for an option of storms where there is none: a gate that nothing can fail would look green."""
    given = [name for name, usual in _OF_STORMS.items() if config.getoption(name) != usual]
    if given:
        option = given[0].replace("_", "-")
        raise UsageError(f"--{option} is about storms, and this is a run in fair weather: add --chaos or --chaos-plan")


def expect_journeys(config: pytest.Config) -> None:
    """Raises UsageError where there is nothing that could be stormed: to run it in fair weather would look green."""
    if settings_of(config) is None:
        raise UsageError(
            "there is no journey to storm: name a project with --project FILE or the ini value stormwalk_project,"
            " and a folder of its journeys"
        )


def _expect_roles(plans: Sequence[Plan], project: Project) -> None:
    """Raises UsageError for a rule that strikes a role that nobody has: it would strike nothing."""
    known = (*project.roles, ANONYMOUS)
    for rule in (rule for plan in plans for rule in plan.rules if rule.target.role not in ("", *known)):
        raise UsageError(
            f'{rule.written()}: {project.file} has no role "{rule.target.role}"; expected {", ".join(known)}'
        )


def expect_allowed(config: pytest.Config, plans: Sequence[Plan]) -> None:
    """Raises UsageError, before anything is called, for a host that nobody has allowed to be stormed, and for hooks
    that the project does not offer."""
    settings = settings_of(config)
    if settings is None:
        return
    project = load_project(settings.project_file, base_url=settings.base_url)
    expect_hooks(plans, project.storm.hooks, workers=settings.workers, file=project.file)
    _expect_roles(plans, project)
    if project.base_url is None:
        return  # we start it ourselves, on loopback
    host = urlsplit(project.base_url).hostname or ""
    if not project.safety.allows(project.base_url):
        raise UsageError(f"{host} is not stormed: it is not in safety.allowed_hosts of {project.file}")
    if host not in LOOPBACK and not config.getoption("i_have_approval"):
        raise UsageError(f"{host} is not this machine: storm it only with its owner's consent, and --i-have-approval")
