"""Measures a scene for its cell: how long the step took, when the user was told, how long calls were held up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from chaos.feedback import busy_at, feedback
from chaos.lexicon import offers_retry
from chaos.scene import Scene, control_of
from chaos.seen import PageState, SeenCall
from stormwalk.storm import FaultDecision
from stormwalk.storm_judgement import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What `chaos.cell.Cell` wants to know of a scene, by the same names."""

    base_ms: float | None
    fault_ms: float | None
    feedback_ms: float | None
    feedback_specific: bool
    busy_ms: float | None
    retry_offered: bool
    repeated: bool


def measured(scene: Scene) -> Measured:
    storm = scene.storm
    failed = [one for one in storm.calls if one.failed and (one.matters or one.fault)]
    told = feedback(scene, _first_sight(scene, failed))
    busy = busy_at(scene)
    ended = storm.ended if storm.done else told.at if told else None
    return Measured(
        base_ms=_ms(median(one.ended - one.began for one in scene.controls)) if scene.controls else None,
        fault_ms=None if ended is None else _ms(ended - storm.began),
        feedback_ms=None if told is None else _ms(told.at - _last_sight(failed, told.at, storm.began)),
        feedback_specific=told is not None and told.specific,
        busy_ms=None if busy is None else _ms(busy - storm.began),
        retry_offered=_retry_offered(scene),
        repeated=storm.done and any(_again(one, storm.calls) for one in failed),
    )


def delay_ms(decisions: Iterable[FaultDecision]) -> float:
    """For how long calls were held up by us; calls that were held up together count once."""
    spans = sorted((one.at - one.observed_ms / 1000, one.at) for one in decisions if one.observed_ms)
    whole, until = 0.0, float("-inf")
    for begin, end in spans:
        whole += max(0.0, end - max(begin, until))
        until = max(until, end)
    return whole * 1000


def _ms(seconds: float) -> float:
    return max(0.0, seconds) * 1000


def _first_sight(scene: Scene, failed: list[SeenCall]) -> float:
    """From when on the user can be told: the first failure, or the beginning where nothing failed but all was slow."""
    return min((one.ends for one in failed), default=scene.storm.began)


def _last_sight(failed: list[SeenCall], told_at: float, began: float) -> float:
    """The failure that made the application tell: whoever tries again tells only when it has given up."""
    return max(
        (one.ends for one in failed if one.ends <= told_at), default=min((one.ends for one in failed), default=began)
    )


def _again(failed: SeenCall, calls: tuple[SeenCall, ...]) -> bool:
    later = (one for one in calls if one is not failed and one.begins >= failed.begins)
    return any(one.endpoint == failed.endpoint and one.answered for one in later)


def _retry_offered(scene: Scene) -> bool:
    """Whether the page lets its user try again: something called so, the same button, the login, the browser."""
    end = scene.storm.after
    if scene.healed is not None and scene.healed.rung is Recovery.RETRY:
        return True
    if end is None:
        return False
    pressed = (control_of(end, one.key) for one in scene.storm.pressed)
    free = any(one.enabled and not one.busy for one in pressed if one is not None)
    return free or end.browser_error or end.password_fields > 0 or _named(end)


def _named(end: PageState) -> bool:
    return any(one.enabled and not one.busy and offers_retry(one.name) for one in end.controls)
