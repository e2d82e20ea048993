"""A step that is done although one of its calls failed: what does the page say of it?

A journey goes on as soon as it sees what a step is for. A page that swallows an error would then never be seen doing
so; the walk stays for as long as a user may be left without a word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chaos.claims import tells_of_failure
from chaos.observe import StepWatch
from chaos.scene import Limits
from chaos.seen import Message, SeenCall
from chaos.sight import PageSight

_MARGIN_S = 0.2
_LOOK_MS = 250.0


def stay_for_a_word(watch: StepWatch, sight: PageSight, calls: Callable[[], Sequence[SeenCall]]) -> None:
    """Looks on while it is open whether the page tells of the failed call, tries it again, or says nothing."""
    while (missed := _missed(calls())) and not _told(sight, missed[0].ends):
        left_s = max(one.ends for one in missed) + Limits().silent_ms / 1000 + _MARGIN_S - time.time()
        if left_s <= 0 or not watch.look().seen:
            return
        sight.rest(min(_LOOK_MS, left_s * 1000))


def _missed(calls: Sequence[SeenCall]) -> list[SeenCall]:
    """Struck calls that failed, that a user would miss, and that nothing has made good so far."""
    lost = [one for one in calls if one.fault and one.failed and one.matters and not one.took_effect]
    return [one for one in lost if not any(_makes_good(other, one) for other in calls)]


def _makes_good(other: SeenCall, lost: SeenCall) -> bool:
    return other.answered and other.endpoint == lost.endpoint and other.begins >= lost.begins


def _told(sight: PageSight, since: float) -> bool:
    told = (one for one in sight.told_since(since - 0.1) if isinstance(one, Message) and one.shown)
    return any(map(tells_of_failure, told))
