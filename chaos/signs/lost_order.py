"""Something was promised or was there, and is gone."""

from __future__ import annotations

from chaos.scene import Counted, Scene
from chaos.seen import SeenCall
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class LostOrder(Sign):
    name = "lost-order"
    about = "an object that the server confirmed, or that was there before, does not exist in the end"
    severity = Severity.CRITICAL
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where nothing was promised: a step that stopped safely has lost nothing."""
        found = (self._of(seen, one) for one in seen.objects)
        return tuple(one for one in found if one is not None)

    def _of(self, seen: Scene, counted: Counted) -> Trouble | None:
        held = f"{counted.kind}s before: {len(counted.before)}, at the end: {len(counted.after)}"
        if counted.gone and not counted.of_session:
            words = f"{len(counted.gone)} {counted.kind}s that were there are gone"
            return self.trouble(seen, words, [held, f"gone: {', '.join(counted.gone)}"])
        promised = _promises(seen, counted)
        if len(counted.new) >= counted.made or not promised:
            return None
        words = f"the server confirmed, and there is no new {counted.kind}"
        return self.trouble(seen, words, [held, *(one.told for one in promised)], call=promised[-1].endpoint)


def _promises(seen: Scene, counted: Counted) -> list[SeenCall]:
    """The answers that confirmed such an object. Where nobody says which call makes it, all writes must have worked."""
    writes = [one for one in seen.storm.calls if one.matters and counted.made_through(one)]
    if not counted.made_by and (any(one.writes for one in seen.failures) or not seen.storm.done):
        return []
    return [one for one in writes if one.answered and one.took_effect]
