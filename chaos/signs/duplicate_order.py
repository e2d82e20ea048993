"""More was made than the user asked for."""

from __future__ import annotations

from chaos.scene import Counted, Scene
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class DuplicateOrder(Sign):
    name = "duplicate-order"
    about = "one action of the user made two objects, such as two orders"
    severity = Severity.CRITICAL
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Counts what the server holds; what the page shows proves nothing. A page that is loaded anew may repeat what
        the step before it has made."""
        return tuple(self._tell(seen, one) for one in seen.objects if 0 < _expected(one) < len(one.new))

    def _tell(self, seen: Scene, counted: Counted) -> Trouble:
        writes = [one for one in seen.storm.calls if one.writes and one.took_effect]
        evidence = [
            f"{counted.kind}s that are new: {', '.join(counted.new)}; expected: {_expected(counted)}",
            *(f"the server has done {one.endpoint} (the page saw: {_seen(one.call.status)})" for one in writes),
            *(f"then: {what}" for what in (seen.healed.rungs if seen.healed else ())),
        ]
        call = writes[0].endpoint if writes else ""
        return self.trouble(seen, f"{len(counted.new)} {counted.kind}s where one was asked for", evidence, call=call)


def _expected(counted: Counted) -> int:
    return max(counted.made, counted.at_most)


def _seen(status: int | None) -> str:
    return "no answer" if status is None else str(status)
