"""A call failed, and nobody told the user."""

from __future__ import annotations

from chaos.claims import contradicted
from chaos.feedback import feedback, unusually_busy
from chaos.leaving import cut_by_navigation
from chaos.scene import Scene
from chaos.seen import SeenCall
from chaos.signs.blank_page import is_blank
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class SilentFailure(Sign):
    name = "silent-failure"
    about = "a call failed, and the page shows and says nothing of it"
    severity = Severity.MEDIUM

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where a later try succeeded, and for calls that fail in the controls or do not occur there."""
        missed = [*self._missed(seen), *self._unanswered(seen), *self._scripts(seen)]
        end = seen.storm.after
        # An empty or a loading page is trouble of another name.
        if not missed or end is None or is_blank(seen, end) or unusually_busy(seen, end):
            return ()
        first = min(missed, key=lambda one: one.ends)
        told = feedback(seen, first.begins if first.in_flight else first.may_have_ended)
        if told is not None and (told.at - first.ends) * 1000 <= seen.limits.feedback_ms + self._retrying_ms(missed):
            return ()
        return tuple(self._tell(seen, one) for one in _one_each(missed))

    def _missed(self, seen: Scene) -> list[SeenCall]:
        # A control goes on as soon as it may, maybe before the answer is there.
        works = {one.endpoint for control in seen.controls for one in control.calls if one.answered or one.in_flight}
        calls = seen.storm.calls
        missed = [one for one in seen.failures if not cut_by_navigation(one, calls) and not _told_by_browser(one)]
        lied_about = contradicted(seen)  # which is worse than silence, and found by that name
        missed = [one for one in missed if one not in lied_about and _is_final(seen, one)]
        return [one for one in missed if not seen.controls or one.endpoint in works]

    def _unanswered(self, seen: Scene) -> list[SeenCall]:
        """Calls that hang for longer than anybody waits; a step that is done all the same does not need them."""
        waited = [one for one in seen.storm.calls if one.in_flight and one.matters and not seen.storm.done]
        return [one for one in waited if (seen.storm.looked_until - one.begins) * 1000 >= seen.limits.feedback_ms]

    def _scripts(self, seen: Scene) -> list[SeenCall]:
        """Without its script a button does nothing, and makes no call that could fail."""
        if seen.done or seen.storm.done:
            return []
        return [one for one in seen.storm.calls if one.failed and _is_script(one) and not one.third_party]

    def _retrying_ms(self, missed: list[SeenCall]) -> float:
        """An application that tries again tells only when it has given up."""
        ends = [one.ends for one in missed]
        return (max(ends) - min(ends)) * 1000

    def _tell(self, seen: Scene, call: SeenCall) -> Trouble:
        what = "has no answer" if call.in_flight else "failed"
        words = f"{call.endpoint} {what}, and nothing tells the user"
        said = [f"the page said: {one.text}" for one in seen.storm.said] or ["the page said nothing"]
        severity = Severity.HIGH if call.writes and not seen.storm.done else self.severity
        return self.trouble(seen, words, [call.told, *said], call=call.endpoint, at=call.ends, severity=severity)


def _is_final(seen: Scene, call: SeenCall) -> bool:
    """Whether nothing more is to come: while another call is under way, it may be the next try, and who goes on at once
    has not waited for what the page would have said."""
    looked_ms = (seen.storm.looked_until - call.ends) * 1000
    settled = seen.settled_at is not None and looked_ms >= seen.limits.silent_ms
    return settled or looked_ms > seen.limits.feedback_ms


def _told_by_browser(call: SeenCall) -> bool:
    """A page that never came leaves the browser's own words in its place."""
    return call.call.resource_type == "document" and call.call.status is None and not call.in_flight


def _is_script(call: SeenCall) -> bool:
    return call.call.resource_type == "script"


def _one_each(calls: list[SeenCall]) -> list[SeenCall]:
    return list({one.endpoint: one for one in calls}.values())
