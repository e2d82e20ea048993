"""What probes leave behind although they mean to leave nothing: what is told of at the end, instead of kept quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from threading import Lock
from typing import Any

from stormwalk.access.filling import fill
from stormwalk.access.matrix import PLACE, READING, Ask, Matrix, ObjectKind


class Leftovers:
    """Keeps count, from any thread. `actors` are the names of real people, whom something may be taken from."""

    def __init__(self, matrix: Matrix, actors: Collection[str]) -> None:
        self._matrix = matrix
        self._actors = frozenset(actors)
        self._of_ones_own = frozenset(_on_ones_own(matrix))
        self._without_undo: Counter[str] = Counter()
        self._roles: dict[Any, None] = {}
        self._touched: dict[str, None] = {}
        self._whose: dict[str, None] = {}
        self._lock = Lock()

    @property
    def with_a_role(self) -> tuple[Any, ...]:
        """The ids of those to whom a probe gave a role that they still have."""
        return tuple(self._roles)

    def made(self, kind: ObjectKind) -> None:
        """An object was made, for a probe or by one."""
        if kind.undo is None:
            with self._lock:
                self._without_undo[kind.name] += 1

    def promoted(self, kind: str, id_: Any) -> None:
        """An object may have got a role that it should not keep; nothing happens where it is no person."""
        change = self._matrix.role_change
        if change is not None and change.kind == kind:
            with self._lock:
                self._roles[id_] = None

    def done(self, ask: Ask, person: str, values: Mapping[str, Any]) -> None:
        """A call with a success, before its places were filled."""
        self._role_given(ask, values)
        if person in self._actors and (ask.method, ask.path) in self._of_ones_own:
            with self._lock:
                self._touched[f"{ask.method} {ask.path}"] = None
                self._whose[person] = None

    def remarks(self) -> Iterator[str]:
        """One line for each kind that cannot be removed, and one for what was the actors' own."""
        for kind, count in self._without_undo.items():
            objects = "object that probes have made is" if count == 1 else "objects that probes have made are"
            yield f"{count} {kind} {objects} left: objects.{kind} has no undo"
        if self._touched:
            calls, people = ", ".join(sorted(self._touched)), ", ".join(sorted(self._whose))
            yield f"what these calls changed of the own things of {people} is not put back: {calls}"

    def _role_given(self, ask: Ask, values: Mapping[str, Any]) -> None:
        change = self._matrix.role_change
        if change is None or change.kind not in values or _shape(ask) != _shape(change.ask) or ask.body is None:
            return
        back = fill(change.ask.body, {**values, "role": change.back_to})
        with self._lock:
            if fill(ask.body, values) == back:
                self._roles.pop(values[change.kind], None)
            else:
                self._roles[values[change.kind]] = None


def _on_ones_own(matrix: Matrix) -> Iterator[tuple[str, str]]:
    """The calls that change what is neither an object nor put back, as when a basket is emptied before a probe."""
    makes = {(kind.make[-1].method, kind.make[-1].path) for kind in matrix.objects.values()}
    asks = [ask for kind in matrix.objects.values() for ask in kind.make[:-1]]
    for endpoint in matrix.endpoints:
        asks += endpoint.before
        asks += [endpoint.ask] if endpoint.method == "DELETE" and not endpoint.ends_session else []
    for ask in asks:
        on_an_object = any(place in matrix.objects for place in ask.places)
        if ask.method not in READING and not on_an_object and (ask.method, ask.path) not in makes:
            yield ask.method, ask.path


def _shape(ask: Ask) -> str:
    return PLACE.sub("{}", ask.path)
