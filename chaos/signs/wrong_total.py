"""The user agreed to one sum, and another was kept."""

from __future__ import annotations

from chaos.scene import Amount, Scene
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble


class WrongTotal(Sign):
    name = "wrong-total"
    about = "what was kept is not the sum that was shown, or not the right one"
    severity = Severity.CRITICAL
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Compares only what is known; a sum that nobody could read proves nothing."""
        return tuple(
            self.trouble(seen, f"{one.what} is wrong: {_difference(one)}", [_known(one)], call=one.made_by)
            for one in seen.amounts
            if _difference(one)
        )


def _difference(amount: Amount) -> str:
    if amount.kept is None:
        return ""
    if amount.right is not None and amount.kept != amount.right:
        return f"{amount.kept} was kept, {amount.right} would be right"
    if amount.shown is not None and amount.kept != amount.shown:
        return f"{amount.shown} was shown, {amount.kept} was kept"
    return ""


def _known(amount: Amount) -> str:
    return f"shown: {_figure(amount.shown)}, kept: {_figure(amount.kept)}, right: {_figure(amount.right)}"


def _figure(value: int | None) -> str:
    return "not known" if value is None else str(value)
