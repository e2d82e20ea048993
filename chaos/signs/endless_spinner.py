"""A page that says that it is at work, although nothing is on its way any more."""

from __future__ import annotations

from chaos.feedback import unusually_busy
from chaos.scene import Scene, standing_since
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Recovery, Trouble


class EndlessSpinner(Sign):
    name = "endless-spinner"
    about = "the page shows that it is loading, and never stops"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent while a call is under way and patience is not over, where the page came back by itself, and for what
        moves in the controls as well."""
        if seen.healed is not None and seen.healed.rung is Recovery.ALONE:
            return ()
        end = seen.storm.after
        span = standing_since(seen.storm.looks, lambda look: unusually_busy(seen, look))
        if end is None or span is None or not self._endless(seen, *span):
            return ()
        settled = seen.settled_at
        marks = ", ".join((*end.busy_marks, *end.animations)[:3])
        since = "calls are still under way" if settled is None else "the last call ended long before"
        words = f"the page still shows that it is loading after {span[1] - seen.storm.began:.0f} s"
        severity = Severity.MEDIUM if seen.storm.done else self.severity
        evidence = [f"seen: {marks}", since]
        return (self.trouble(seen, words, evidence, call=seen.blamed, at=end.at, severity=severity),)

    def _endless(self, seen: Scene, first: float, last: float) -> bool:
        settled = seen.settled_at
        if settled is None:
            return (last - max(first, seen.storm.began)) * 1000 >= seen.limits.patience_ms
        return (last - max(first, settled)) * 1000 >= seen.limits.spinner_ms
