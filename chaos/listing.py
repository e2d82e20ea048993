"""What there is and what would be done, in lines: the words behind `--chaos-list` and `--chaos-plan-only`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import chaos.faults  # noqa: F401 - registers them
from chaos.fault import Fault
from chaos.plan import Plan, plan_names, plans_for
from chaos.unsupported import unsupported
from stormwalk.storm import FaultEntry

_ABOUT = 70


def catalogue() -> tuple[FaultEntry, ...]:
    """Every fault, those that cannot be done included."""
    return (*(Fault.registry[name].entry() for name in sorted(Fault.registry)), *unsupported())


def list_lines() -> list[str]:
    """One line for each fault and each plan."""
    width = max(len(one.name) for one in catalogue())
    lines = ["Faults"]
    lines += [f"  {one.name:{width}}  {_line(one)}" for one in catalogue()]
    return [*lines, "Plans", *(f"  {name:{width}}  {_plan_line(name)}" for name in plan_names())]


def plan_lines(plans: Iterable[Plan]) -> list[str]:
    """What would be done, rule by rule; nothing is touched."""
    lines = []
    for plan in plans:
        lines.append(f"{plan.name}: {plan.hypothesis}")
        for rule in plan.rules:
            where = ", ".join(rule.fault.layers)
            needs = " (Chromium only)" if rule.fault.engines == ("chromium",) else ""
            lines.append(f"  {rule.written()}")
            lines.append(f"    {rule.fault.about} By: {where}{needs}.")
    return lines


def _line(one: FaultEntry) -> str:
    if one.unsupported:
        return f"not supported: {one.unsupported}"
    parts = [one.about]
    if one.parameters:
        told = (
            f"{each.name}={each.default}{f' {each.unit}' if _says_more(each.unit) else ''}" for each in one.parameters
        )
        parts.append(f"[{'; '.join(textwrap.shorten(each, _ABOUT, placeholder='...') for each in told)}]")
    parts += [f"({', '.join(one.phases)})"] if len(one.phases) > 1 else []
    parts += ["Chromium only."] if one.engines == ("chromium",) else []
    return " ".join(parts)


def _says_more(unit: str) -> bool:
    return bool(unit) and unit not in ("ms", "text", "0 to 1") and " | " not in unit


def _plan_line(name: str) -> str:
    plans = plans_for(name)
    if len(plans) > 1:
        return f"the set of {', '.join(one.name for one in plans)}"
    return f"{plans[0].hypothesis} {' + '.join(rule.written() for rule in plans[0].rules)}"
