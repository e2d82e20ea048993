"""The page falls apart: things stand where nobody finds them, or jump away."""

from __future__ import annotations

from chaos.scene import Scene
from chaos.seen import PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class LayoutBroken(Sign):
    name = "layout-broken"
    about = "the page overflows, puts controls out of reach, jumps, or has lost its styles without need"
    severity = Severity.LOW

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for a stylesheet that the fault itself took away, as long as all can still be read and reached."""
        end = seen.storm.after
        if end is None or end.browser_error or not seen.controls:
            return ()
        wrong = [
            *self._too_wide(seen, end),
            *self._out_of_reach(seen, end),
            *self._unstyled(seen, end),
            *self._jumps(seen),
        ]
        return (self.trouble(seen, wrong[0], wrong[1:], call=seen.blamed, at=end.at),) if wrong else ()

    def _too_wide(self, seen: Scene, end: PageState) -> list[str]:
        usual = max((one.overflow_px for one in seen.control_looks), default=0.0)
        more = end.overflow_px - usual
        return [f"the page is {more:.0f} px wider than its window"] if more > seen.limits.overflow_px else []

    def _out_of_reach(self, seen: Scene, end: PageState) -> list[str]:
        usual = seen.usual(lambda look: (one.key for one in look.controls if one.off_page))
        reached = seen.usual(lambda look: (one.key for one in look.controls if not one.off_page))
        lost = [one.name for one in end.controls if one.off_page and one.key in reached - usual]
        return [f"out of reach beside the page: {', '.join(lost[:3])}"] if lost else []

    def _unstyled(self, seen: Scene, end: PageState) -> list[str]:
        usual = seen.usual(lambda look: look.stylesheets_missing)
        # What the fault took away, and what was still on its way at that look: neither is the page's mistake.
        calls = seen.storm.calls
        excused = {one.call.url for one in calls if one.in_flight or one.ends > end.at or (one.fault and one.failed)}
        lost = [one for one in end.stylesheets_missing if one not in usual and one not in excused]
        return [f"without its stylesheet {one}" for one in lost]

    def _jumps(self, seen: Scene) -> list[str]:
        # Shifts soon after an input count too, in both: a fault delays them out of the time in which they are excused.
        usual = max((one.shift for one in seen.controls), default=0.0)
        more = seen.storm.shift - usual
        return [f"its parts jump (layout shift {more:.2f} above the usual)"] if more > seen.limits.shift else []
