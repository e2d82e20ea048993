"""The figures of the summary, and how endpoints failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from chaos.judging.experiments import Experiment
from chaos.judging.fair import FAMILIES
from chaos.judging.slower import Controls, of_latency
from chaos.judging.walk import Deed, Walk
from chaos.leaving import cut_by_navigation
from chaos.seen import SeenCall
from stormwalk.model import Status
from stormwalk.storm import FaultDecision, Outcome
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import ApiFailure, StormFigures

_TIMED_OUT = re.compile(r"tim(?:ed?|ing)[\s_-]?out", re.IGNORECASE)
# A page that comes whole from the server is a call of it as well, where a plan means it.
_OF_API = ("xhr", "fetch", "eventsource", "document")


def figures_of(experiments: Sequence[Experiment], controls: Controls) -> StormFigures:
    walks = [walk for one in experiments for walk in one.walks]
    delays = [one for walk in walks for one in walk.decisions if one.outcome is Outcome.APPLIED and one.asked_ms]
    observed = [one.observed_ms for one in delays if one.observed_ms is not None]
    return StormFigures(
        injected=_injected(delays),
        asked_ms=median(one.asked_ms or 0.0 for one in delays) if delays else None,
        observed_ms=median(observed) if observed else None,
        delayed=len(delays),
        timeouts=sum(map(_timeouts, walks)),
        failed_transactions=sum(_is_failed_transaction(deed, walk, controls) for walk in walks for deed in walk.deeds),
        degradation=of_latency(experiments, controls),
        api_failures=tuple(_api_failures(walks)),
        recovery=tuple(_recovery(walks)),
    )


def _injected(delays: Iterable[FaultDecision]) -> str:
    """`500ms`, where every call was held up for as long; else from nothing to the longest."""
    asked = {round(one.asked_ms or 0.0) for one in delays}
    if not asked:
        return "none"
    return f"{asked.pop()}ms" if len(asked) == 1 else f"0 to {max(asked)}ms"


def _timeouts(walk: Walk) -> int:
    """Steps that ran out of patience, calls that the application gave up, and calls that timed out."""
    steps = sum(_out_of_patience(one) for one in walk.deeds)
    return steps + sum(_timed_out(call, calls) for calls in _calls(walk) for call in calls)


def _out_of_patience(deed: Deed) -> bool:
    """A step that was not done: its check, or the control that it needs, was waited for in vain."""
    seen = deed.observation
    return seen is not None and not seen.done and deed.status is not Status.ERROR and not deed.struck_beside


def _timed_out(call: SeenCall, calls: tuple[SeenCall, ...]) -> bool:
    failure = call.call.failure or ""
    if call.is_stream or call.background:
        return False  # its page closes it when it needs it no more, also a stream that it reads by `fetch`
    if _TIMED_OUT.search(failure):
        return True
    return call.given_up and not cut_by_navigation(call, calls)


def _calls(walk: Walk) -> Iterator[tuple[SeenCall, ...]]:
    yield from (one.observation.calls for one in walk.deeds if one.observation is not None)


def _is_failed_transaction(deed: Deed, walk: Walk, controls: Controls) -> bool:
    """Whether what a step writes, here or in its controls, was not written even after recovery. What the server has
    done and the page does not tell of is trouble of another name."""
    seen = deed.observation
    if seen is None or seen.done or deed.helped or deed.struck_beside:
        return False
    same = [one.at(deed) for one in controls.get(walk.base, ())]
    looked = [seen, *(one.observation for one in same if one is not None and one.observation is not None)]
    written = {call.endpoint for call in seen.calls if call.took_effect}
    return any(call.writes and call.matters and call.endpoint not in written for one in looked for call in one.calls)


def _api_failures(walks: Iterable[Walk]) -> Iterator[ApiFailure]:
    """What pages saw of struck calls that failed, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    for walk in walks:
        for calls in _calls(walk):
            for one in calls:
                if _was_failed(one) and not cut_by_navigation(one, calls):
                    found[one.endpoint, _failure(one)] += 1
    for (endpoint, failure), calls_ in sorted(found.items(), key=lambda one: (-one[1], one[0])):
        yield ApiFailure(endpoint=endpoint, failure=failure, calls=calls_)


def _was_failed(call: SeenCall) -> bool:
    """Whether the storm made a call of the API fail; what is only late fails by itself, if it is answered at all."""
    late = call.fault in FAMILIES["slow calls"] and call.call.status is not None
    return bool(call.fault) and call.failed and not late and call.call.resource_type in _OF_API


def _failure(call: SeenCall) -> str:
    return str(call.call.status) if call.call.status is not None else call.call.failure or "no answer"


def _recovery(walks: Iterable[Walk]) -> Iterator[tuple[Recovery, int]]:
    deeds = (one for walk in walks for one in walk.deeds if not one.struck_beside)
    rungs = Counter(one.healed.rung for one in deeds if one.healed is not None)
    yield from ((rung, rungs[rung]) for rung in Recovery)
