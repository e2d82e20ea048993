"""What the checks of a matrix look things up in, and what they say of a name that is not there."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from stormwalk.access.matrix import Ask
from stormwalk.config.access import AccessTable, AskTable
from stormwalk.config.access_words import Line, lines, shape, with_anonymous
from stormwalk.config.problems import did_you_mean

Where = tuple[str | int, ...]
Problems = Iterator[tuple[Where, str]]

FILLED_BY_THE_PROBE = ("unique", "username", "password", "refresh_token")
"""Places that need nothing in the file: a value of the probe's own, and what its caller signs in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The table, its endpoints, and the roles of the project with the number of their actors."""

    table: AccessTable
    people: Mapping[str, int]
    roles: tuple[str, ...]
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, table: AccessTable, people: Mapping[str, int]) -> Self:
        return cls(table=table, people=people, roles=with_anonymous(tuple(people)), lines=tuple(lines(table)))

    def line(self, call: str) -> Line | None:
        """The endpoint that a call is made to."""
        method, _, path = call.partition(" ")
        return next((one for one in self.lines if one.shape == shape(method, path)), None)

    def owned(self, line: Line) -> str | None:
        """The kind of object that an endpoint is about: the last one of its path."""
        places = Ask(method=line.method, path=line.path).places
        kinds = (one.partition(".")[0] for one in reversed(places))
        return next((kind for kind in kinds if kind in self.table.objects), None)

    def text_of(self, line: Line) -> str:
        """Everything of an endpoint that can hold places."""
        table = line.table
        asks = [*table.before, *([table.proof.read] if table.proof else [])]
        bodies = [table.body, *(one.body for one in asks), table.proof.becomes if table.proof else None]
        return " ".join([line.path, *(one.path for one in asks), *(json.dumps(one) for one in bodies)])

    def role(self, where: Where, name: str) -> Problems:
        if name not in self.roles:
            yield where, f'unknown role "{name[:40]}"; {did_you_mean(name, self.roles)}'

    def kind(self, where: Where, name: str) -> Problems:
        if name not in self.table.objects:
            yield where, f'unknown kind of object "{name[:40]}"; {did_you_mean(name, tuple(self.table.objects))}'

    def endpoint(self, where: Where, call: str) -> Problems:
        """What to say of a call to an endpoint that the table does not have."""
        known = [f"{one.method} {one.path}" for one in self.lines]
        close = difflib.get_close_matches(call, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield where, f'expected an endpoint of access.endpoints, got "{call[:60]}"{hint}'

    def places(
        self, where: Where, ask: AskTable, params: Mapping[str, object] | None = None, *, but: str = ""
    ) -> Problems:
        """A place of the path that nothing fills. `but` is a kind that does not exist yet."""
        objects = self.table.objects.items()
        kept = {f"{kind}.{place}" for kind, one in objects for made in one.make for place in made.keep}
        known = {*FILLED_BY_THE_PROBE, *(params or {}), *self.table.objects, *kept} - {but}
        for place in Ask(method=ask.method, path=ask.path).places:
            if place not in known:
                kinds = ", ".join(one for one in self.table.objects if one != but) or "none"
                yield where, f"missing a value for {{{place[:40]}}} of {ask.path[:80]}; kinds of objects are: {kinds}"
