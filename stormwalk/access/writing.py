"""How a probe writes: with objects made for it, read back by somebody who may, and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stormwalk.access.answers import Answer, about, at, leaves
from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground, NotReady, Person, Thing, fill, filled
from stormwalk.access.matrix import Ask, Endpoint, Proof
from stormwalk.access.trials import expects_own


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write that was tried: what was sent, and whether it was read back as done (None: nothing tells)."""

    sent: Sent
    done: bool | None


class Writer:
    """Writes at one endpoint, on new objects, and reads back what came of it."""

    def __init__(self, ground: Ground, endpoint: Endpoint) -> None:
        self._ground = ground
        self._endpoint = endpoint

    def as_owner(
        self, person: Person, *, caller: Person | None = None, headers: Mapping[str, str] | None = None
    ) -> Write:
        """Somebody who may writes to their own object, or to one that was made for them to write to.

        `caller` is the same person with other credentials.
        """
        with self._ground.turn_of(person):
            things = self.things(person)
            values = self._ground.values(self._endpoint, person, things)
            for ask in self._endpoint.before:
                self._expect(self._ground.send(ask, person, values))
            return self._written(caller or person, person, things, values, headers=headers)

    def as_other(self, person: Person, owner: Person | None, headers: Mapping[str, str] | None = None) -> Write:
        """Somebody who may not writes to an object of `owner` (None: of the first who can make one)."""
        things = self.things(owner)
        values = self._ground.values(self._endpoint, person, things)
        return self._written(person, owner, things, values, headers=headers)

    def in_disguise(self, person: Person, owner: Person | None, ask: Ask, headers: Mapping[str, str]) -> Write:
        """As `as_other`, by another call that is meant to have the same effect."""
        things = self.things(owner)
        values = self._ground.values(self._endpoint, person, things)
        return self._written(person, owner, things, values, headers=headers, ask=ask)

    def things(self, owner: Person | None) -> tuple[Thing, ...]:
        """New objects for the path. Raises NotReady."""
        kinds = self._ground.kinds_of(self._endpoint)
        return tuple(self._ground.make(kind, self._maker(kind, owner)) for kind in kinds)

    def _maker(self, kind: str, owner: Person | None) -> Person | None:
        made_by = self._ground.matrix.objects[kind].made_by
        owns = owner is not None and owner.role in made_by and expects_own(self._endpoint, owner.role)
        return owner if owns else None

    def _written(
        self,
        person: Person,
        owner: Person | None,
        things: tuple[Thing, ...],
        values: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        ask: Ask | None = None,
    ) -> Write:
        proof = self._endpoint.proof
        if proof is None:
            return Write(sent=self._ground.send(ask or self._endpoint.ask, person, values, headers), done=None)
        reader = self._reader(proof, things, owner or person)
        with self._put_back(proof, reader, things, values):
            canary = things[0].canary if things else ""
            before = self._proven(proof, reader, values, canary)
            sent = self._ground.send(ask or self._endpoint.ask, person, values, headers)
            after = self._proven(proof, reader, values, canary)
        return Write(sent=sent, done=None if None in (before, after) else bool(after and not before))

    def _reader(self, proof: Proof, things: tuple[Thing, ...], owner: Person) -> Person:
        if proof.by:
            return self._ground.first(proof.by)
        return things[0].owner if things else owner

    def _proven(self, proof: Proof, reader: Person, values: Mapping[str, Any], canary: str = "") -> bool | None:
        """Whether what the proof asks for stands there now; `canary` is that of the object, in a list of many."""
        answer = self._ground.send(proof.read, reader, values).answer
        if proof.gone:
            return None if answer.status is None or answer.status >= 500 else answer.status in (404, 410)
        return _stands(answer, proof, values, canary) if answer.succeeded else None

    @contextmanager
    def _put_back(
        self, proof: Proof, reader: Person, things: tuple[Thing, ...], values: Mapping[str, Any]
    ) -> Iterator[None]:
        """Puts what is no object of ours back as it was: the fields of the body, by the very call that changes them."""
        endpoint = self._endpoint
        if things or endpoint.method not in ("PUT", "PATCH") or not isinstance(endpoint.body, dict):
            yield
            return
        was = self._ground.send(proof.read, reader, values).answer.data
        try:
            yield
        finally:
            body = {key: was[key] for key in endpoint.body if isinstance(was, dict) and key in was}
            if body and self._proven(proof, reader, values):
                self._ground.send(Ask(method=endpoint.method, path=endpoint.path, body=body), reader, values)

    def _expect(self, sent: Sent) -> None:
        if not sent.answer.succeeded:
            raise NotReady(f"{sent.method} {sent.path}, which goes before, was answered with {sent.answer.words}")


def _stands(answer: Answer, proof: Proof, values: Mapping[str, Any], canary: str) -> bool:
    wanted, part = fill(proof.becomes, values), about(answer.data, canary)
    if proof.field:
        return bool(at(part, proof.field) == wanted)
    return any(value == wanted for _, value in leaves(part)) or (not canary and answer.holds(str(wanted)))


def read_back(ground: Ground, proof: Proof, reader: Person, values: Mapping[str, Any]) -> Answer:
    """What stands there now."""
    return ground.caller.call(filled(proof.read, values), reader.who).answer
