"""What every format says of a run, counted once: its troubles, its API calls, its role checks.

How an API call is counted. A call is one of the API when the page made it with `fetch` or XMLHttpRequest, or when it
came from the API client of an actor. It *failed* when no answer came, or not all of one, or the answer was a 5xx. Any
other answer *passed*, a 4xx too: the API was there and answered, and many a journey provokes a 401 or 403 on purpose.
Whether that answer was the right one is for the step to say, and a red step lists its refused calls. A call that the
browser gave up because the page went away or asked for it is *cancelled*, which is neither.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from stormwalk.access.results import Access
from stormwalk.model import Journey, Run, Status, Step
from stormwalk.observations import Call, CallSource
from stormwalk.reporting.access_facts import AccessCounts
from stormwalk.reporting.access_facts import counts as access_counts

_CANCELLED = ("err_aborted", "ns_binding_aborted", "cancelled", "canceled")


class CallOutcome(StrEnum):
    """How a call counts; the module's docstring has the rules."""

    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RoleResult(StrEnum):
    """`incomplete` when no check failed, and not every one could be made."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apis:
    """The API calls of a run; `calls` is the sum of the three outcomes, `refused` are those that passed with a 4xx."""

    calls: int
    endpoints: int
    passed: int
    failed: int
    cancelled: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleValidation:
    """Steps that check what a role may do, and cells of the access check: all of them, and those as expected."""

    result: RoleResult
    passed: int
    total: int
    cells: int = 0
    cells_as_expected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The calls of one method and URL template. `p95_ms` is the nearest rank; below 20 calls that is the slowest."""

    method: str
    template: str
    count: int
    failed: int
    refused: int
    cancelled: int
    median_ms: float | None
    p95_ms: float | None
    slowest_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A step that did not pass, or a journey that did not although each of its steps did (`step` is None)."""

    number: int
    journey: Journey
    step: Step | None
    status: Status | None

    @property
    def reason(self) -> str:
        """Why, in the step's words or else in the journey's; never empty."""
        own = self.step.reason if self.step else ""
        fallback = "It was still under way when the recording ended." if self.status is None else "No reason was given."
        return own or self.journey.reason or fallback

    @property
    def details(self) -> str:
        return self.step.details if self.step else ""

    @property
    def not_reached(self) -> int:
        """How many steps of the journey were skipped after it."""
        after = self.step.index if self.step else 0
        return sum(step.status is Status.SKIPPED and step.index > after for step in self.journey.steps)


def outcome(call: Call) -> CallOutcome:
    """How this call counts."""
    if call.status is not None and call.status >= 500:
        return CallOutcome.FAILED
    if call.failure and any(word in call.failure.lower() for word in _CANCELLED):
        return CallOutcome.CANCELLED
    return CallOutcome.FAILED if call.failure or call.status is None else CallOutcome.PASSED


def is_api(call: Call) -> bool:
    """Whether it is a call of the API, not one for a page or a file."""
    return call.source is CallSource.API or call.resource_type in ("xhr", "fetch")


def is_refused(call: Call) -> bool:
    """Whether it was answered with a 4xx."""
    return outcome(call) is CallOutcome.PASSED and call.status is not None and call.status >= 400


def answer(call: Call) -> str:
    """The status, or why there is none."""
    if outcome(call) is CallOutcome.CANCELLED:
        return "cancelled"
    said = ", ".join(one for one in (str(call.status or ""), call.failure or "") if one)
    return said or "no answer"


def suspects(calls: Iterable[Call]) -> list[Call]:
    """The calls that failed or were refused, failed ones first."""
    bad = [call for call in calls if outcome(call) is CallOutcome.FAILED or is_refused(call)]
    return sorted(bad, key=is_refused)


def all_calls(run: Run) -> Iterator[Call]:
    for journey in run.fair_weather:
        yield from journey.calls


def apis(run: Run) -> Apis:
    """The API calls of all journeys in fair weather, those outside of a step included."""
    calls = [call for call in all_calls(run) if is_api(call)]
    outcomes = [outcome(call) for call in calls]
    return Apis(
        calls=len(calls),
        endpoints=len({(call.method, call.template) for call in calls}),
        passed=outcomes.count(CallOutcome.PASSED),
        failed=outcomes.count(CallOutcome.FAILED),
        cancelled=outcomes.count(CallOutcome.CANCELLED),
        refused=sum(map(is_refused, calls)),
    )


def role_validation(run: Run) -> RoleValidation:
    """What became of the role checks. One that was not reached is never counted as passed."""
    checks = [step.status for step in run.steps if step.role_check]
    cells = access_counts(run.access) if run.access else AccessCounts()
    return RoleValidation(
        result=_both(_checks_result(checks), _access_result(run.access)),
        passed=checks.count(Status.PASSED),
        total=len(checks),
        cells=cells.cells,
        cells_as_expected=cells.as_expected,
    )


def _checks_result(checks: list[Status | None]) -> RoleResult:
    if Status.FAILED in checks:
        return RoleResult.FAILED
    if set(checks) <= {Status.SKIPPED}:
        return RoleResult.NOT_CHECKED
    return RoleResult.PASSED if set(checks) == {Status.PASSED} else RoleResult.INCOMPLETE


def _access_result(access: Access | None) -> RoleResult:
    if access is None:
        return RoleResult.NOT_CHECKED
    cells = access_counts(access)
    if access.alarms or cells.wrong:
        return RoleResult.FAILED
    whole = access.finished and access.coverage.met and cells.cells and not cells.open
    return RoleResult.PASSED if whole else RoleResult.INCOMPLETE


def _both(checks: RoleResult, access: RoleResult) -> RoleResult:
    """The worse of the two; one that was not made says nothing."""
    order = (RoleResult.FAILED, RoleResult.INCOMPLETE, RoleResult.PASSED, RoleResult.NOT_CHECKED)
    return min(checks, access, key=order.index)


def endpoints(calls: Iterable[Call]) -> list[Endpoint]:
    """The calls by method and template, slowest median first."""
    groups: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in calls:
        groups[call.method, call.template].append(call)
    found = [_endpoint(method, template, group) for (method, template), group in groups.items()]
    return sorted(found, key=lambda one: (-(one.median_ms or 0), one.template, one.method))


def _endpoint(method: str, template: str, calls: list[Call]) -> Endpoint:
    outcomes = [outcome(call) for call in calls]
    # A cancelled call was cut short: its time says nothing of the endpoint.
    pairs = zip(calls, outcomes, strict=True)
    times = sorted(c.duration_ms for c, o in pairs if c.duration_ms is not None and o is not CallOutcome.CANCELLED)
    return Endpoint(
        method=method,
        template=template,
        count=len(calls),
        failed=outcomes.count(CallOutcome.FAILED),
        refused=sum(map(is_refused, calls)),
        cancelled=outcomes.count(CallOutcome.CANCELLED),
        median_ms=median(times) if times else None,
        p95_ms=times[math.ceil(len(times) * 0.95) - 1] if times else None,
        slowest_ms=times[-1] if times else None,
    )


def numbered(run: Run) -> dict[str, int]:
    """The number of each journey on a page, by its key: those in fair weather first, then the walks under storms."""
    return {journey.key: number for number, journey in enumerate((*run.fair_weather, *run.storm_walks), 1)}


def troubles(run: Run) -> list[Trouble]:
    """What is red in fair weather, worst first: failed before error before unfinished, then by the step's weight."""
    found = [one for number, journey in enumerate(run.fair_weather, 1) for one in _troubles_of(number, journey)]
    ranks = {Status.FAILED: 0, Status.ERROR: 1, None: 2}
    return sorted(found, key=lambda one: (ranks[one.status], -(one.step.weight if one.step else 0)))


def _troubles_of(number: int, journey: Journey) -> list[Trouble]:
    fine = (Status.PASSED, Status.SKIPPED)
    red = [step for step in journey.steps if step.status not in fine]
    if red or journey.status in fine:
        return [Trouble(number=number, journey=journey, step=step, status=step.status) for step in red]
    return [Trouble(number=number, journey=journey, step=None, status=journey.status)]
