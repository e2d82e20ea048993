"""Counts business objects through API sessions of their own, which no storm touches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from requests import Response

from chaos.known import Endpoint
from stormwalk.access.answers import all_at, at
from stormwalk.api import ApiClient
from stormwalk.config import Actor, Project
from stormwalk.config.storm import EndStateTable
from stormwalk.errors import SignInRefused, StormwalkError
from stormwalk.redact import Redactor

# Frameworks with sessions by cookie answer 403 to whoever has none.
_SESSION_OVER = (401, 403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The objects of one kind that there are: ids, and amounts in the same order where the table names one."""

    kind: str
    ids: tuple[str, ...]
    amounts: tuple[int, ...] = ()


class Counter:
    """Counts what belongs to the actors of one journey. `run` executes each blocking call while the page lives on."""

    def __init__(self, project: Project, base_url: str, redactor: Redactor) -> None:
        self._project = project
        self._base_url = base_url
        self._redactor = redactor
        self._clients: dict[str, ApiClient] = {}
        self._had_account: set[str] = set()

    @property
    def tables(self) -> Sequence[EndStateTable]:
        return self._project.storm.end_state

    def counts_of(self, actor: Actor) -> bool:
        """Whether this is somebody of the project file of whom something is counted: others may walk as them too."""
        shared = any(one.username == actor.username for one in self._project.actors.values())
        return shared and any(one.role == actor.role for one in self.tables)

    def made_by_any(self, calls: Iterable[Endpoint]) -> bool:
        """Whether one of these calls makes objects of a kind that is counted."""
        called = {f"{method} {template}" for method, _, _, template in calls}
        return any(one.made_by in called for one in self.tables)

    def count(self, actors: Sequence[Actor], run: Callable[[Callable[[], Any]], Any]) -> list[Count]:
        """Every kind that the project names, over those of the actors whose role it asks for.

        Somebody who has no account yet has nothing. What cannot be read of one of them is left out, and so proves
        nothing.
        """
        found = []
        for table in self.tables:
            owners = [one for one in actors if one.role == table.role]
            counts = [run(partial(self._of, one, table)) for one in owners]
            known = [one for one in counts if one is not None]
            if known and len(known) == len(counts):  # what some have is not what all have
                ids = tuple(id_ for one in known for id_ in one.ids)
                amounts = tuple(amount for one in known for amount in one.amounts)
                found.append(Count(kind=table.kind, ids=ids, amounts=amounts))
        return found

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _of(self, actor: Actor, table: EndStateTable) -> Count | None:
        try:
            answer = self._client(actor).get(table.path)
            if answer.status_code in _SESSION_OVER:
                self._clients.pop(actor.username).close()
                answer = self._client(actor).get(table.path)
        except SignInRefused:
            if actor.username in self._had_account:
                return None  # locked out: what they have is still there, and nobody can read it
            # No account yet: nothing is there then, and what was made later is seen at the end.
            return Count(kind=table.kind, ids=())
        except StormwalkError:
            return None
        return _counted(answer, table) if answer.ok else None

    def _client(self, actor: Actor) -> ApiClient:
        if actor.username not in self._clients:
            client = ApiClient(self._project, self._base_url, actor, redactor=self._redactor)
            client.sign_in()
            self._had_account.add(actor.username)
            self._clients[actor.username] = client
        return self._clients[actor.username]


def _counted(answer: Response, table: EndStateTable) -> Count | None:
    """The objects of an answer; None where it is no JSON. Whatever in it has no id is no object."""
    if table.pattern is not None:
        found_ids = (match[1] for match in re.finditer(table.pattern, answer.text))
        return Count(kind=table.kind, ids=tuple(dict.fromkeys(found_ids)))
    try:
        found = list(all_at(answer.json(), table.items)) if table.items else [answer.json()]
    except ValueError:
        return None
    flat = [one for each in found for one in (each if isinstance(each, list) else [each])]
    objects = [one for one in flat if at(one, table.id) is not None]
    amounts = [at(one, table.amount) for one in objects] if table.amount else []
    known = tuple(one for one in amounts if isinstance(one, int))
    return Count(
        kind=table.kind,
        ids=tuple(str(at(one, table.id)) for one in objects),
        amounts=known if len(known) == len(objects) else (),
    )
