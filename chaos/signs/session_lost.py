"""The user is thrown out, or finds after a new login that what the session held is gone."""

from __future__ import annotations

from chaos.feedback import asks_to_log_in, told_of_failure
from chaos.scene import Scene
from chaos.seen import PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

# Answers that say themselves that the session is over; to ask for a login then is right.
_ENDED = (401, 419, 440)


class SessionLost(Sign):
    name = "session-lost"
    about = "a failure that has nothing to do with the session ends it, or its contents are lost with it"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where the fault, or an answer, ended the session: then only what it held must survive."""
        return (*self._contents(seen), *self._thrown_out(seen))

    def _contents(self, seen: Scene) -> list[Trouble]:
        lost = [one for one in seen.objects if one.of_session and one.gone]
        return [
            self.trouble(
                seen,
                f"{len(one.gone)} {one.kind}s of the session are gone",
                [
                    f"{one.kind}s before: {len(one.before)}, at the end: {len(one.after)}",
                    f"gone: {', '.join(one.gone)}",
                ],
                call=seen.blamed,
            )
            for one in lost
        ]

    def _thrown_out(self, seen: Scene) -> list[Trouble]:
        end = seen.storm.after
        usual = {(one.endpoint, one.call.status) for control in seen.controls for one in control.calls}
        said = (one for one in seen.storm.calls if (one.endpoint, one.call.status) not in usual)
        ended = seen.strikes_session or any(one.call.status in _ENDED for one in said)
        thrown_out = _thrown_out_of_what_was_done if seen.storm.done else asks_to_log_in
        if end is None or ended or not thrown_out(seen, end):
            return []
        failed = [one.told for one in seen.failures]
        words = "the user has to log in again, and the session had not ended"
        return [self.trouble(seen, words, failed, call=seen.blamed, at=end.at)]


def _thrown_out_of_what_was_done(seen: Scene, end: PageState) -> bool:
    """Whether the page, once the step was done, took a failure for the end of the session, and said so. A control does
    not stay to see that a log-out leads to the log-in; neither is that said as something unusual."""
    usual = any(one.password_fields for one in seen.control_ends)
    if usual or not end.password_fields or not seen.failures:
        return False
    return told_of_failure(seen) is not None
