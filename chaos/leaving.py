"""Calls that end because their page is left."""

from __future__ import annotations

from collections.abc import Sequence

from chaos.seen import SeenCall
from stormwalk.observations import TimingSource

# The end of a call and the way to the next page, which cuts it, are heard of apart by less.
_HEARD_APART_S = 0.5


def cut_by_navigation(call: SeenCall, calls: Sequence[SeenCall]) -> bool:
    """Whether the call ended because its page was left, which is no failure, also where we held it up until then.

    A page that has given up a struck call, and goes elsewhere because of that, does so only afterwards.
    """
    if not call.given_up:
        return False
    until = call.ends + (0.0 if call.fault else _HEARD_APART_S)
    left = [one for one in calls if one.call.resource_type == "document" and one is not call]
    return any(call.begins <= _left_by(one, call) and one.begins <= until for one in left)


def _left_by(document: SeenCall, call: SeenCall) -> float:
    """Until when the old page may have made calls: at the latest until the new document was there, where we may have
    heard late of a call that the browser has not timed."""
    return document.begins if call.call.timing_source is TimingSource.BROWSER else document.ends
