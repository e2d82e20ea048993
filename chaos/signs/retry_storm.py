"""The page asks again and again, faster than a server in trouble can bear."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from chaos.scene import Scene
from chaos.seen import Observation, SeenCall
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.observations import TimingSource
from stormwalk.storm_judgement import Trouble

# Three tries in a row are patience; from the fourth on the pauses must grow.
_TRIES = 4
_GROWTH = 1.5
# Parts of a page that ask for the same each have pauses of their own, which begin anew where the other has given up.
_PARTS = 3
# Whoever waits this long between two tries harms nobody, growing or not.
_HARMLESS_GAP_MS = 1_000.0
# A clock of ours and one of the browser's differ by less.
_TOLERANCE_MS = 50.0
# Of two calls that the page itself has timed, to parts of a millisecond.
_OF_THE_PAGE_MS = 1.0
# Where the same call takes now 10 ms and now 700, pauses of a few tries are known no better than that. Of many tries
# most are measured rightly, and an uneven machine makes pauses longer, so that short ones are short.
_FEW = 2 * _TRIES
_WORST_NOISE_MS = 500.0
# How much sooner than asked is no offence: timers of browsers are as coarse on a busy machine.
_LENIENT = 0.1
_BUSTER = re.compile(r"(?<=[?&])(?:_|t|ts|cb|rnd|rand|nocache|cachebuster|timestamp)=[\w.-]*&?")


class RetryStorm(Sign):
    name = "retry-storm"
    about = "failed calls are repeated too often, without growing pauses, or before the server wanted it"
    severity = Severity.MEDIUM

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for pauses that grow, for polling at its usual pace, and for calls that overlap: no retries those."""
        found = (self._of(seen, chain) for chain in _chains(seen.storm))
        return tuple({one.call: one for one in found if one is not None}.values())

    def _of(self, seen: Scene, chain: list[SeenCall]) -> Trouble | None:
        usual = max((_rate(_same(control, chain[0])) for control in seen.controls), default=0)
        rate, gaps = _rate(chain), _gaps_ms(chain)
        shown = f"{len(chain)} tries, pauses of {', '.join(f'{gap:.0f}' for gap in gaps[:8])} ms"
        early = _too_early(seen, chain) if len(chain) > _usual_calls(seen, chain[0]) else None
        if early is not None:
            words = f"{chain[0].endpoint} is repeated before the time that the server asked for"
            return self.trouble(seen, words, [early, shown], call=chain[0].endpoint, at=chain[0].begins)
        if rate > max(seen.limits.calls_per_second, usual):
            words = f"{chain[0].endpoint} is repeated {rate} times in one second"
        elif len(chain) >= _TRIES and rate > usual and _without_back_off(_pauses(seen, chain), _noise_ms(seen)):
            words = f"{chain[0].endpoint} is repeated without growing pauses"
        else:
            return None
        return self.trouble(
            seen,
            words,
            [shown, f"without the fault: {usual} in one second"],
            call=chain[0].endpoint,
            at=chain[0].begins,
        )


def _chains(walk: Observation) -> list[list[SeenCall]]:
    """Runs of failed calls to the same address, each begun after the one before it had failed, with what follows.

    Who has got a new session meanwhile, or has gone to another page, asks anew and repeats nothing.
    """
    chains: list[list[SeenCall]] = []
    last: dict[tuple[str, str], list[SeenCall]] = {}
    for call in sorted(walk.calls, key=lambda one: one.begins):
        key = _asked(call)
        chain = last.get(key)
        after = chain and chain[-1].failed and _comes_after(call, chain[-1])
        if chain and after and not _asks_anew(walk, chain[-1], call):
            chain.append(call)
        else:
            last[key] = chain = [call]
            chains.append(chain)
    return [chain for chain in chains if len(chain) > 1]


def _comes_after(call: SeenCall, old: SeenCall) -> bool:
    """Only then is it another try; the page itself knows exactly whether both were under way together."""
    by_page = call.call.timing_source is old.call.timing_source is TimingSource.BROWSER
    return call.begins * 1000 >= old.ends * 1000 - (_OF_THE_PAGE_MS if by_page else _TOLERANCE_MS)


def _asks_anew(walk: Observation, old: SeenCall, new: SeenCall) -> bool:
    between = [one for one in walk.calls if old.ends <= one.ends and one.begins < new.begins and one is not old]
    elsewhere = any(one.call.resource_type == "document" and one.call.url != _page_of(walk, old) for one in between)
    renewed = old.call.status == 401 and any(one.writes and not one.failed for one in between)
    return elsewhere or renewed


def _page_of(walk: Observation, call: SeenCall) -> str:
    """The address of the page that made the call; the one before the step where none came in it."""
    came = [one.call.url for one in walk.calls if one.call.resource_type == "document" and one.begins <= call.begins]
    return came[-1] if came else walk.before.url if walk.before else ""


def _same(walk: Observation, call: SeenCall) -> list[SeenCall]:
    return [one for one in walk.calls if _asked(one) == _asked(call)]


def _asked(call: SeenCall) -> tuple[str, str]:
    """Method and address, without the numbers that pages add so that no cache answers."""
    return call.call.method, _BUSTER.sub("", call.call.url)


def _usual_calls(seen: Scene, call: SeenCall) -> int:
    """How often controls make this call: two parts of a page may ask for the same, one after the other."""
    return max((len(_same(one, call)) for one in seen.controls), default=0)


def _rate(calls: list[SeenCall]) -> int:
    """The most calls that began within one second."""
    begins = [one.begins for one in calls]
    return max((sum(start <= other < start + 1 for other in begins) for start in begins), default=0)


def _gaps_ms(chain: list[SeenCall]) -> list[float]:
    return [max(0.0, (new.begins - old.ends) * 1000) for old, new in pairwise(chain)]


@dataclass(frozen=True, slots=True)
class _Pause:
    """As long as it was, in milliseconds, and as long as it had been at least on a machine that never stands still."""

    ms: float
    least_ms: float


def _pauses(seen: Scene, chain: list[SeenCall]) -> list[_Pause]:
    late = (seen.storm.stood_still_ms(old.ends, new.begins) for old, new in pairwise(chain))
    return [_Pause(gap, max(0.0, gap - by)) for gap, by in zip(_gaps_ms(chain), late, strict=True)]


def _without_back_off(pauses: list[_Pause], noise: float) -> bool:
    parts = _parts(pauses)
    return len(parts) > _PARTS or any(_stays_short(one, noise) for one in parts if len(one) >= _TRIES - 1)


def _stays_short(pauses: list[_Pause], noise: float) -> bool:
    # The last pause against the first: jitter can make one pause shorter than the one before it.
    usual = median(one.ms for one in pauses)
    unsure = noise if len(pauses) < _FEW and usual >= noise / 2 else 0.0
    first, last = max(pauses[0].least_ms - unsure, 1.0), pauses[-1].ms + unsure
    return last < first * _GROWTH and usual < _HARMLESS_GAP_MS


def _noise_ms(seen: Scene) -> float:
    """How unevenly this machine works: by how much the same call took longer in one walk of the step than in another,
    in its controls and, where nothing struck it, in the storm; 0 where there is nothing to compare."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    for walk in (*seen.controls, seen.storm):
        # How long a stream is open, or a poll that waits for news, says nothing of the machine.
        calls = (one for one in reversed(walk.calls) if not (one.background or one.is_stream))
        calm = (one for one in calls if one.answered and not one.fault)
        for endpoint, call in {one.endpoint: one for one in calm}.items():
            took[endpoint].append((call.ends - call.begins) * 1000)
    return min(_WORST_NOISE_MS, max((max(one) - min(one) for one in took.values()), default=0.0))


def _parts(pauses: list[_Pause]) -> list[list[_Pause]]:
    """Pauses that begin anew: short again, after at least two of which each had grown."""
    parts: list[list[_Pause]] = [[]]
    for pause in pauses:
        part = parts[-1]
        grown = len(part) > 1 and all(new.ms >= max(old.ms, 1.0) * _GROWTH for old, new in pairwise(part))
        if grown and pause.ms < part[-1].ms / 2:
            parts.append([])
        parts[-1].append(pause)
    return parts


def _too_early(seen: Scene, chain: list[SeenCall]) -> str | None:
    """Measured from the beginning of one call to that of the next: the page has its answer before we know of the end,
    on a busy machine a tenth of a second before."""
    asked = max((one.retry_after_ms or 0.0 for one in chain), default=0.0)
    early = [(old, _apart_ms(old, new)) for old, new in pairwise(chain) if _is_too_early(old, new)]
    unexplained = early[_of_parts(seen, chain[0], asked) :]
    if not unexplained:
        return None
    old, apart = unexplained[0]
    return f"asked to wait {old.retry_after_ms:.0f} ms, asked again after {max(0.0, apart):.0f} ms"


def _is_too_early(old: SeenCall, new: SeenCall) -> bool:
    asked = old.retry_after_ms
    return asked is not None and _apart_ms(old, new) < asked * (1 - _LENIENT) - _TOLERANCE_MS


def _of_parts(seen: Scene, call: SeenCall, within_ms: float) -> int:
    """How many of these calls come so soon after one another in a control: each is the first of a part of the page,
    which cannot know that another part was asked to wait."""
    begun = (sorted(_same(one, call), key=lambda one: one.begins) for one in seen.controls)
    return max((sum(_apart_ms(old, new) < within_ms for old, new in pairwise(calls)) for calls in begun), default=0)


def _apart_ms(old: SeenCall, new: SeenCall) -> float:
    return (new.begins - old.begins) * 1000
