"""Which failed calls were made good, and which a user would miss: by a later try, by the work of the server, or since
the page gives them up in fair weather as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from chaos.leaving import cut_by_navigation
from chaos.seen import Observation, SeenCall
from stormwalk.observations import TimingSource


def not_made_good(storm: Observation, controls: Sequence[Observation]) -> tuple[SeenCall, ...]:
    """Calls that matter, failed, and were not made good by a later call of the same kind.

    A write whose answer was lost is made good as well where the server has done it and the step was done: whoever is
    told that they are logged out misses nothing, though the second try was answered with 401. So is a call that was
    tried again until its page was left by a step that was done: the last answer went to a page that is gone.
    """
    calls = [one for one in storm.calls if one.matters]
    left = [one for one in calls if storm.done and cut_by_navigation(one, calls)]
    written = [one for one in calls if one.writes and one.took_effect and storm.done]
    given_up = _given_up_as_usual(storm, controls)
    failed = [one for one in calls if one.failed and one not in given_up]
    lacking = [one for one in failed if not (_made_good(one, calls, left) or any(map(_same_write(one), written)))]
    done = [one for one in calls if one.took_effect or one in left]
    return tuple(one for one in failed if one in lacking or _done_less_often(one, done, controls))


def _done_less_often(failed: SeenCall, done: Sequence[SeenCall], controls: Sequence[Observation]) -> bool:
    """Whether less was written at this address than in any control: where all calls go to one address, as with GraphQL,
    the answer to another one makes nothing good. What was left by its page counts as done."""
    if not failed.writes or not controls:
        return False
    same = _same_write(failed)
    usual = min(sum(one.took_effect and same(one) for one in control.calls) for control in controls)
    return sum(map(same, done)) < usual


def _given_up_as_usual(storm: Observation, controls: Sequence[Observation]) -> list[SeenCall]:
    """Calls that the page itself has given up, and gives up as often in a control: with the same query, since one part
    of a page may do so while another waits for its answer."""
    own = [one for one in storm.calls if one.given_up]
    usual = [Counter(map(_asked, (one for one in control.calls if one.given_up))) for control in controls]
    here = Counter(map(_asked, own))
    return [one for one in own if any(here[_asked(one)] <= counted[_asked(one)] for counted in usual)]


def _asked(call: SeenCall) -> tuple[str, str]:
    return call.endpoint, urlsplit(call.call.url).query


def _same_write(call: SeenCall) -> Callable[[SeenCall], bool]:
    """Whether a call writes to the same address."""
    return lambda other: other.writes and (other.call.method, other.call.url) == (call.call.method, call.call.url)


def _made_good(failed: SeenCall, calls: list[SeenCall], left: list[SeenCall]) -> bool:
    """By a later try of the same, or by a call to the same address that was under way and was answered afterwards: a
    page that asks twice and gives one of them up misses nothing. `left` are calls whose answers nobody waits for any
    more."""
    same = [one for one in calls if one.call.url == failed.call.url and one.ends >= failed.ends]
    path = urlsplit(failed.call.url).path
    again = [one for one in calls if one.begins >= failed.begins and urlsplit(one.call.url).path == path]
    later = [*again, *same, *_heard_later(failed, calls)]
    return any((one.answered or one in left) and one.endpoint == failed.endpoint for one in later)


def _heard_later(failed: SeenCall, calls: list[SeenCall]) -> list[SeenCall]:
    """Calls to the same address that ended after one of whose beginning nobody but us knows: a busy machine has heard
    of it late, maybe later than a browser says that the next try began."""
    if failed.call.timing_source is TimingSource.BROWSER:
        return []
    return [one for one in calls[calls.index(failed) + 1 :] if one.call.url == failed.call.url]
