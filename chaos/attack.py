"""Makes a cell of a scene: what the outcome, the verdict and the score of a step under a fault are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from chaos.cell import Cell
from chaos.feedback import Feedback, asks_to_log_in, busy_at, told_of_failure
from chaos.lexicon import offers_retry
from chaos.scene import Scene
from chaos.signs import check_all
from stormwalk.storm_judgement import Outcome, Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """What struck the step: of which journey it is, at which call (`POST /api/orders`), by which fault.

    `delivered` is False where no rule was applied; `error` says why we could not test. The rest is as in `Cell`.
    """

    journey: str
    site: str
    fault: str
    maskable: bool = False
    delivered: bool = True
    delay_ms: float = 0.0
    criticality: float = 1.0
    at_worst: Outcome | None = None
    error: str = ""


def cell_of(seen: Scene, attack: Attack) -> Cell:
    """The cell of this scene, with all trouble that its signs show. The same for the same scene."""
    troubles = check_all(seen)
    told = told_of_failure(seen)
    busy = busy_at(seen)
    return Cell(
        journey=attack.journey,
        step=seen.step,
        site=attack.site,
        fault=attack.fault,
        maskable=attack.maskable,
        delivered=attack.delivered,
        control_held=all(one.done for one in seen.controls),
        error=attack.error,
        done=seen.storm.done,
        repeated=_repeated(seen),
        recovery=_rung(seen),
        recovery_ms=seen.healed.took_ms if seen.healed else None,
        base_ms=median(one.duration_ms for one in seen.controls) if seen.controls else None,
        fault_ms=_until_the_end(seen, told),
        delay_ms=attack.delay_ms,
        feedback_ms=_after_failure(seen, told) if told else None,
        feedback_specific=told is not None and told.specific,
        busy_ms=_since_begin(seen, busy),
        input_kept=not any(one.sign == "input-lost" for one in troubles),
        retry_offered=_retry_offered(seen),
        troubles=troubles,
        criticality=attack.criticality,
        at_worst=attack.at_worst,
    )


def _rung(seen: Scene) -> Recovery | None:
    return None if seen.storm.done or seen.healed is None else seen.healed.rung


def _after_failure(seen: Scene, told: Feedback) -> float:
    """From the last failure that the user was told of; an application that tries again tells when it gives up."""
    ends = [one.ends for one in seen.failures if one.ends <= told.at]
    return max(0.0, told.at - max(ends, default=told.at)) * 1000


def _until_the_end(seen: Scene, told: Feedback | None) -> float | None:
    """Until the step was done, or else until the user was told."""
    return seen.storm.duration_ms if seen.storm.done else _since_begin(seen, told.at if told else None)


def _since_begin(seen: Scene, moment: float | None) -> float | None:
    return None if moment is None else max(0.0, moment - seen.storm.began) * 1000


def _repeated(seen: Scene) -> bool:
    """Whether a call failed and the application made it good by itself."""
    final = set(seen.failures)
    return any(one.failed and one.matters and one not in final for one in seen.storm.calls)


def _retry_offered(seen: Scene) -> bool:
    """Whether the page lets the user try again: by a button that says so, by the one that they pressed, by logging in,
    or by the browser's own page; or it has done so, since a retry is what healed the step."""
    if seen.healed is not None and seen.healed.rung is Recovery.RETRY:
        return True
    end = seen.storm.after
    if end is None:
        return False
    pressed = {one.key for one in seen.storm.pressed}
    free = [one for one in end.controls if one.enabled and not one.busy]
    again = any(one.key in pressed or offers_retry(one.name) for one in free)
    return again or end.browser_error or asks_to_log_in(seen, end)
