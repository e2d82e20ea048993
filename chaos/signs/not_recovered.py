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
        return (self.trouble(seen, words, [*tried, *(one.told for one in seen.failures)], call=call),)
