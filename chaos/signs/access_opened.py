"""Under failure the application lets in whom it would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from chaos.lexicon import pattern_of
from chaos.scene import Guarded, Scene
from chaos.seen import PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity, Verdict
from stormwalk.storm_judgement import Trouble


class AccessOpened(Sign):
    name = "access-opened"
    about = "while calls fail, a control, data or an endpoint of a higher role is open"
    severity = Severity.CRITICAL
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for what the controls show as well: that is wrong without any fault, and found elsewhere."""
        return (*self._on_pages(seen), *self._in_api(seen))

    def _on_pages(self, seen: Scene) -> Iterator[Trouble]:
        usual = tuple(seen.control_looks)
        healed = [seen.healed.state] if seen.healed and seen.healed.state else []
        for one in seen.guarded:
            shown = [look for look in (*seen.storm.looks, *healed) if look.seen and _shows(look, one)]
            if shown and not any(_shows(look, one) for look in usual):
                what = "data of" if one.is_text else "a control of"
                evidence = [f"on {shown[0].url}", *(two.told for two in seen.failures)]
                words = f'{what} the role {one.role} is shown: "{one.name}"'
                yield self.trouble(seen, words, evidence, call=seen.blamed, at=shown[0].at)

    def _in_api(self, seen: Scene) -> Iterator[Trouble]:
        """One trouble for each role: whatever opens several doors at once is one mistake."""
        opened = [cell for cell in seen.api_cells if cell.verdict is Verdict.BYPASSED]
        for role in dict.fromkeys(cell.role for cell in opened):
            first, *others = (cell for cell in opened if cell.role == role)
            verb = f"and {len(others)} more let" if others else "lets"
            words = f"{first.endpoint} {verb} {role} in under the fault"
            evidence = [first.observed, first.reason, *(f"{one.endpoint}: {one.reason}" for one in others)]
            yield self.trouble(seen, words, evidence, call=first.endpoint)


def _shows(look: PageState, guarded: Guarded) -> bool:
    if guarded.is_text:
        return guarded.name in look.text
    # Numbers and ids make no difference: in every walk there are other orders to refund.
    return any(pattern_of(one.name) == pattern_of(guarded.name) for one in look.controls)
