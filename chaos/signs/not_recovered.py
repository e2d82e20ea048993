"""The fault is over, and the application is still broken for its user."""

from __future__ import annotations

from chaos.scene import Scene
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Recovery, Trouble


class NotRecovered(Sign):
    name = "not-recovered"
    about = "after the fault was lifted neither waiting, nor retry, reload or a new login helped"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        healed = seen.healed
        if healed is None or healed.rung is not Recovery.NOT_RECOVERED:
            return ()
        tried = [f"tried: {one}" for one in healed.tried]
        call = seen.failures[0].endpoint if seen.failures else ""
        words = "the step cannot be done although the fault is over"
        if kept_back := _kept_back(seen):
            words = (
                "the fault is over, and neither the page comes to what the step was for nor does it offer to try again;"
                f" it was not done once more, since the server may have done {kept_back} already"
            )
        return (self.trouble(seen, words, [*tried, *(one.told for one in seen.failures)], call=call),)


def _kept_back(seen: Scene) -> str:
    """The write for whose sake nobody has done the step again, empty where it was tried or there is none."""
    if seen.healed is None or Recovery.RETRY in seen.healed.tried:
        return ""
    writes = (one for one in seen.storm.calls if one.writes and not one.background)
    return next((one.endpoint for one in writes if one.may_have_taken_effect), "")
