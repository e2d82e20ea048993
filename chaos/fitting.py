"""Fits the plans that come with Stormwalk to an application: its calls are not everywhere those below /api."""

from __future__ import annotations

from dataclasses import replace

from chaos.pattern import UrlPattern
from chaos.plan import Plan
from chaos.rule import Rule
from stormwalk.config import Project

_WRITTEN = UrlPattern("/api/**")
"""How Stormwalk's own plans write the calls of the application."""
_TYPES = ("document", "xhr", "fetch", "eventsource", "api")
"""Where pages lie among the calls, what they are made of lies there too, and is not meant."""


def fitted(plan: Plan, project: Project) -> Plan:
    """The plan, meaning the calls of this application; a plan of somebody's own means what it says."""
    calls = calls_of(project)
    if plan.source or not plan.shipped or calls == _WRITTEN:
        return plan
    types = _TYPES if project.storm.calls or not project.application.api_root else ()
    return replace(plan, rules=tuple(_fitted(one, calls, types) for one in plan.rules))


def calls_of(project: Project) -> UrlPattern:
    """What the project says that its calls are, else everything below its API root."""
    return UrlPattern(project.storm.calls or f"{project.application.api_root}/**")


def _fitted(rule: Rule, calls: UrlPattern, types: tuple[str, ...]) -> Rule:
    target = rule.target
    if target.url != _WRITTEN:
        return rule
    reads = not target.methods or "GET" in target.methods  # nothing that a page is made of is written
    if reads and not target.types and "type" in type(rule.fault).filters:
        target = replace(target, types=types)
    return replace(rule, target=replace(target, url=calls))
