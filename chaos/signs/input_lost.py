"""What the user typed is gone after a failure."""

from __future__ import annotations

from chaos.feedback import asks_to_log_in
from chaos.scene import Scene
from chaos.seen import Field, PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class InputLost(Sign):
    name = "input-lost"
    about = "after a failure the fields no longer hold what the user had typed"
    severity = Severity.MEDIUM

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for passwords, which many pages rightly clear, and for a value that is merely written differently."""
        before = _fields(seen.storm.before)
        now = _fields(_last(seen))
        if seen.storm.done:
            return ()
        lost = [one for one in seen.storm.entered if _is_lost(one, before.get(one.key), now.get(one.key))]
        if not lost:
            return ()
        failed = [one.told for one in seen.failures]
        names = ", ".join(one.name or one.key for one in lost)
        call = seen.failures[0].endpoint if seen.failures else ""
        return (self.trouble(seen, f"what was typed is gone: {names}", failed, call=call),)


def _last(seen: Scene) -> PageState | None:
    """How the step ended; where it ended at the log-in, what the user found after a new one that did not help."""
    end = seen.storm.after
    thrown_out = end is not None and asks_to_log_in(seen, end)
    healed = seen.healed
    return healed.state if thrown_out and healed is not None and not healed.rung.recovered else end


def _fields(state: PageState | None) -> dict[str, Field]:
    return {one.key: one for one in state.fields} if state else {}


def _is_lost(entered: Field, before: Field | None, now: Field | None) -> bool:
    """Whether the field is there and is empty again, or holds again what it held before."""
    if entered.secret or not entered.digest or now is None or now.digest == entered.digest:
        return False
    return not now.digest or (before is not None and now.digest == before.digest)
