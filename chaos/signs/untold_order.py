"""The user was told that it failed, or nothing, and it was done."""

from __future__ import annotations

from chaos.scene import Counted, Scene
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class UntoldOrder(Sign):
    name = "untold-order"
    about = "an object was made, and the user never got to what tells of it"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where the step was done, or something healed it: then its own check has seen what tells of it."""
        if seen.done:
            return ()
        return tuple(self._tell(seen, one) for one in seen.objects if _was_made(one))

    def _tell(self, seen: Scene, counted: Counted) -> Trouble:
        writes = [one for one in seen.storm.calls if counted.made_through(one)]
        evidence = [
            f"{counted.kind}s that are new: {', '.join(counted.new)}",
            *(one.told for one in writes),
            *(f"then: {what}" for what in (seen.healed.tried if seen.healed else ())),
        ]
        words = f"there is a new {counted.kind}, and the user is not told of it"
        return self.trouble(seen, words, evidence, call=writes[0].endpoint if writes else counted.made_by)


def _was_made(counted: Counted) -> bool:
    return counted.made > 0 and not counted.of_session and len(counted.new) >= counted.made
