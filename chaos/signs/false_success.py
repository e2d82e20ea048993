"""The page says that it is done, and it is not."""

from __future__ import annotations

from chaos.claims import claim, contradicted
from chaos.feedback import told_of_failure
from chaos.scene import Counted, Scene
from chaos.seen import SeenCall
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

# Words, evidence, and the call that is to blame.
_Found = tuple[str, list[str], str]


class FalseSuccess(Sign):
    name = "false-success"
    about = "the page tells of success, and the server has done nothing"
    severity = Severity.CRITICAL
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where the claim was taken back by a message, where a page that shows a change at once undoes it and
        says so, and where the server did the work unseen."""
        message = claim(seen)
        if message is None and (not seen.storm.done or told_of_failure(seen)):
            return ()
        claimed = f"the page said: {message.text}" if message else "the step's own check held: the page shows success"
        return tuple(
            self.trouble(seen, words, [claimed, *evidence], call=call, at=message.at if message else seen.storm.ended)
            for words, evidence, call in (*self._not_written(seen), *self._not_there(seen))
        )[:1]

    def _not_written(self, seen: Scene) -> list[_Found]:
        """Writes of which no try took effect; whether one that is counted did its work is known better by counting."""
        lost = contradicted(seen)
        unknown = [one for one in lost if not any(_is_there(counted, one) for counted in seen.objects)]
        return [(f"success is shown, and {one.endpoint} failed", [one.told], one.endpoint) for one in unknown]

    def _not_there(self, seen: Scene) -> list[_Found]:
        """Objects that the step makes, and that neither exist nor were ever promised by the server."""
        missing = [one for one in seen.objects if len(one.new) < one.made and not _promised(seen, one)]
        return [
            (
                f"success is shown, and there is no new {one.kind}",
                [f"{one.kind}s before: {len(one.before)}, at the end: {len(one.after)}"],
                one.made_by,
            )
            for one in missing
        ]


def _is_there(counted: Counted, call: SeenCall) -> bool:
    return counted.made > 0 and counted.made_through(call) and len(counted.new) >= counted.made


def _promised(seen: Scene, counted: Counted) -> bool:
    return any(counted.made_through(one) and one.took_effect for one in seen.storm.calls)
