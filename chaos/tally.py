"""When business objects are counted: before each step that makes some, and at the very end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from chaos.end_state import Count, Counter
from chaos.known import Endpoint, Known


class Tally:
    """Counts for one walk. `counts` reads what there is now, `tell` writes down a count and the step it precedes.

    Which steps make objects is what controls show. The first control has nobody to tell it: there every step is
    counted before, and the count is kept where the step turns out to make some.
    """

    def __init__(
        self, counter: Counter, known: Known, counts: Callable[[], Sequence[Count]], tell: Callable[[int, Count], None]
    ) -> None:
        self._counter = counter
        self._known = known
        self._counts = counts
        self._tell = tell
        self._kept: Sequence[Count] = ()

    def before(self, step: str, index: int, *, is_control: bool) -> None:
        """A step is about to begin."""
        self._kept = ()
        shown = self._known.calls
        if step in shown or (shown and not is_control):
            # A step that is called otherwise in each walk, after what is made up there, may be any of theirs.
            if self._counter.made_by_any(shown.get(step, self._known.all_calls)):
                self._write(index, self._counts())
        elif is_control and any(one.made_by for one in self._counter.tables):
            self._kept = self._counts()

    def after(self, index: int, calls: set[Endpoint]) -> None:
        """The step has been done, and made these calls."""
        if self._counter.made_by_any(calls):
            self._write(index, self._kept)
        self._kept = ()

    def at_the_end(self) -> None:
        self._write(0, self._counts())

    def _write(self, index: int, counts: Iterable[Count]) -> None:
        for one in counts:
            self._tell(index, one)
