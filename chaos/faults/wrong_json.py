"""Well-formed JSON of another shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice, text
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase

CHANGES = ("missing", "null", "other-type", "empty-list", "huge-text")
_HUGE = "x" * 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongJson(CallFault):
    """One field is changed: the one that is named, or one that the keys of the call choose, the same in each run."""

    name: ClassVar[str] = "wrong-json"
    about: ClassVar[str] = "One field of the JSON is missing, null or of another type."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    change: str = choice("null", "what happens to the field", CHANGES)
    field: str = text("", "the field, as in items.0.price; chosen by the seed where none is given")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        answer = trip.deliver()
        try:
            whole = json.loads(answer.body)
        except ValueError:
            raise Spared("the answer is no JSON") from None
        paths = [path for path in paths_of(whole) if not self.field or ".".join(map(str, path)) == self.field]
        if not paths:
            raise Spared(f"the answer has no field {self.field}" if self.field else "the answer has no fields")
        paths = [path for path in paths if not _is_so_already(_at(whole, path), self.change)]
        if not paths:
            raise Spared("what would be changed is so already")
        change(whole, paths[int(trip.draw("field") * len(paths))], self.change)
        trip.answer(answer.with_body(json.dumps(whole).encode()))


def paths_of(value: Any, so_far: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of every field below a value."""
    if isinstance(value, dict):
        below: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value[:20]))
    else:
        return []
    found: list[tuple[str | int, ...]] = []
    for key, one in below:
        found += [(*so_far, key), *paths_of(one, (*so_far, key))]
    return found


def _is_so_already(value: Any, how: str) -> bool:
    return (how == "null" and value is None) or (how == "empty-list" and value == [])


def _at(whole: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        whole = whole[key]
    return whole


def change(whole: Any, path: tuple[str | int, ...], how: str) -> None:
    """Changes the field at `path` in place."""
    for key in path[:-1]:
        whole = whole[key]
    old = whole[path[-1]]
    if how == "missing":
        del whole[path[-1]]
        return
    other: Any = {"wrong": True} if isinstance(old, str | int | float | list) else "wrong"
    whole[path[-1]] = {"null": None, "other-type": other, "empty-list": [], "huge-text": _HUGE}[how]
