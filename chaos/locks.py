"""Whether the API lets somebody in under failure whom it keeps out else: a few doors, tried as the roles of a walk.

A storm may strike what an application decides about rights with: sessions, the call that says what somebody may do, a
server behind it. After such a walk the doors are tried that were shut in fair weather, by a client that no storm
touches. Doors that were open before are no matter of a storm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from chaos.hooks import hooks_of
from chaos.known import Endpoint, strikes_any
from chaos.pattern import UrlPattern
from chaos.plan import Plan
from chaos.storm import Storm
from stormwalk.access.doors import closed_doors, tried_doors
from stormwalk.access.results import AccessCell, Verdict
from stormwalk.config import Project
from stormwalk.redact import Redactor
from stormwalk.storm import FaultDecision, Outcome

Beside = Callable[[Callable[[], tuple[AccessCell, ...]]], tuple[AccessCell, ...]]
"""Runs blocking work while the calls of the page are not held up."""

_ENDS_SESSIONS = "session-expiry"


class Locks:
    """For all walks of a process. What is shut in fair weather is seen once for each role, at the end of a control."""

    def __init__(self, project: Project, base_url: str, redactor: Redactor, plans: Iterable[Plan]) -> None:
        self._project = project
        self._base_url = base_url
        self._redactor = redactor
        self._rights = tuple(map(UrlPattern, project.storm.rights))
        self._plans = tuple(plans)
        self._shut: dict[str, tuple[str, ...]] = {}

    def see_what_is_shut(self, roles: Iterable[str], calls: Iterable[Endpoint], storm: Storm, beside: Beside) -> None:
        """In fair weather, where a plan of the run means one of these calls of the journey that are about rights."""
        about_rights = [one for one in calls if self._is_about_rights(one[1])]
        if not any(hooks_of(plan.rules) or strikes_any(plan, about_rights, storm) for plan in self._plans):
            return
        for role in roles:
            if role not in self._shut:
                cells = self._tried(role, closed_doors(self._project, role), beside)
                self._shut[role] = tuple(one.endpoint for one in cells if one.verdict is Verdict.ENFORCED)

    def tried_again(self, roles: Iterable[str], beside: Beside) -> tuple[AccessCell, ...]:
        """The doors that were shut, as they are now."""
        found = [self._tried(role, self._shut.get(role, ()), beside) for role in roles]
        return tuple(cell for cells in found for cell in cells)

    def were_struck(self, decisions: Iterable[FaultDecision]) -> bool:
        """Whether one of these struck a session or what says who may do what."""
        return any(one.outcome is Outcome.APPLIED and self._is_of_rights(one) for one in decisions)

    def _tried(self, role: str, names: tuple[str, ...], beside: Beside) -> tuple[AccessCell, ...]:
        if not names:
            return ()
        return beside(lambda: tried_doors(self._project, self._base_url, self._redactor, role, names))

    def _is_of_rights(self, one: FaultDecision) -> bool:
        return one.fault == _ENDS_SESSIONS or self._is_about_rights(one.url)

    def _is_about_rights(self, url: str) -> bool:
        table = self._project.sign_in
        signs_in = f"{self._project.application.api_root}{table.path}" if table else ""
        path = urlsplit(url).path
        return (bool(signs_in) and f"{path}/".startswith(f"{signs_in}/")) or any(
            one.matches(url) for one in self._rights
        )
