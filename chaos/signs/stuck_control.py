"""The button that the user pressed cannot be pressed again, although nothing is on its way."""

from __future__ import annotations

from collections.abc import Callable

from chaos.scene import Scene, control_of, lasting_ms
from chaos.seen import Control, PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Recovery, Trouble


class StuckControl(Sign):
    name = "stuck-control"
    about = "a control stays disabled or busy after the failure, so that the user cannot try again"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent while a call is under way, where the page came back by itself, and for what could not be pressed
        before the step either."""
        if seen.healed is not None and seen.healed.rung is Recovery.ALONE:
            return ()
        settled, end = seen.settled_at, seen.storm.after
        if seen.storm.done or settled is None or end is None:
            return ()
        looks = tuple(one for one in seen.storm.looks if one.at >= settled)
        stuck = [one for one in self._used(seen) if lasting_ms(looks, _holds(one)) >= seen.limits.stuck_for_ms]
        return tuple(self._tell(seen, one, end) for one in stuck)

    def _used(self, seen: Scene) -> list[Control]:
        """What the user pressed; a control that nobody touched may be disabled for a good reason."""
        pressed = {one.key: one for one in seen.storm.pressed}
        return [one for one in pressed.values() if _was_free(control_of(seen.storm.before, one.key))]

    def _tell(self, seen: Scene, control: Control, end: PageState) -> Trouble:
        now = control_of(end, control.key)
        how = "busy" if now and now.enabled else "disabled"
        evidence = [f"it says now: {now.name}"] if now and now.name != control.name else []
        evidence += [one.told for one in seen.failures]
        call = seen.failures[0].endpoint if seen.failures else ""
        return self.trouble(seen, f'"{control.name}" stays {how}', evidence, call=call, at=end.at)


def _was_free(before: Control | None) -> bool:
    return before is None or (before.enabled and not before.busy)


def _holds(pressed: Control) -> Callable[[PageState], bool]:
    """Whether a look shows that this control cannot be pressed."""

    def blocked(look: PageState) -> bool:
        now = control_of(look, pressed.key)
        return now is not None and (now.busy or not now.enabled)

    return blocked
