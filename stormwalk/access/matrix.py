"""The permission matrix: what every role may do at every endpoint, and what is needed to try it.

Pure values. `stormwalk.config.access` reads them from the project file; probes and judgement never see the file.
Paths are relative to the API root, and their `{places}` are filled from objects, parameters and the probe itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from stormwalk.access.results import Expected

ANONYMOUS = "anonymous"
READING = ("GET", "HEAD", "OPTIONS")
UNIQUE = "{unique}"
"""The place of a value that no other probe uses; where it comes back, the answer can only be about this object."""

PLACE = re.compile(r"\{([^{}/]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call as the project file writes it: `POST /orders` with a body; texts in both may hold places.

    A body is sent as JSON, or as a page's `form`. `keep` are fields of the answer, by the names of the places that
    later calls find them in.
    """

    method: str
    path: str
    body: Any = None
    form: bool = False
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the places in the path, in order."""
        return tuple(PLACE.findall(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a write is read back: who reads what, and what stands there once the write has happened.

    `by` is a role, or empty for whoever owns the object (without an object: for whoever wrote). With `gone` the write
    is proven by a 404 or 410; else by `becomes` at `field` (a dotted path; empty means anywhere in the answer).
    """

    read: Ask
    by: str = ""
    field: str = ""
    becomes: Any = UNIQUE
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an object signs in with when it is somebody who can: both hold places such as `{unique}`."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectKind:
    """Something that is made for a probe and belongs to its maker: an order, a product, a user.

    `make` are the calls of an actor of one of the roles `made_by`; the last answer holds the id at `id_field`,
    or `pattern` finds it in its page.
    `{unique}` in their bodies is the canary. `undo` removes the object; `undo_by` is a role, or empty for the maker.
    """

    name: str
    made_by: tuple[str, ...]
    make: tuple[Ask, ...]
    id_field: str = "id"
    pattern: str = ""
    undo: Ask | None = None
    undo_by: str = ""
    account: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method and path, what each role of the matrix may do there, and how it is called.

    `name` is how it is shown and compared: method and path with the API root, each place as `{id}`.
    `statuses` are the codes that carry each intent here. `before` are calls that whoever is let in makes first.
    `shows` names kinds of objects whose canary stands in the answer to whoever may see it. `protected` are fields that
    a caller must not be able to set, with the value that is tried. `may_show` lifts forbidden fields.
    `ends_session`: the call ends the caller's session, so that it is made with one of its own.
    """

    name: str
    method: str
    path: str
    expected: Mapping[str, Expected]
    statuses: Mapping[Expected, tuple[int, ...]]
    writes: bool
    body: Any = None
    params: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Ask, ...] = ()
    shows: tuple[str, ...] = ()
    proof: Proof | None = None
    protected: Mapping[str, Any] = field(default_factory=dict)
    may_show: tuple[str, ...] = ()
    ends_session: bool = False
    form: bool = False

    @property
    def ask(self) -> Ask:
        return Ask(method=self.method, path=self.path, body=self.body, form=self.form)

    def lets_in(self, role: str) -> bool:
        return self.expected[role].lets_in


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """What is known of the application's tokens. `signing_key` is that of a test system, never of a real one."""

    signing_key: SecretStr | None = None
    algorithm: str = "HS256"
    refresh: Ask | None = None
    refresh_field: str = "refresh_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """How a role is given: `by` a role, with `ask`, whose places `{role}` and `{KIND}` stand for role and person.

    `kind` is a kind of object with an account. Somebody new gets `to` and loses it again; a token of theirs from
    before must then be refused at `endpoint` (a name of the matrix).
    """

    kind: str
    by: str
    ask: Ask
    to: str
    back_to: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRule:
    """A page of the application, by its path from the root: which roles may open it, and the endpoints behind it."""

    path: str
    expected: Mapping[str, Expected]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRule:
    """A button on a page, by its accessible name (a regular expression), and the endpoint that it calls."""

    page: str
    kind: str
    name: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Everything that `[access]` of a project says. `roles` are in the order of the project file, anonymous first.

    `login_page` are the pages where one logs in. `writes_allowed` are the hosts where probes may write.
    `requests_per_second` and `parallel` bound the probes of one host. `baseline` and `openapi` are files, whether they
    exist or not; `coverage` is the share that must be judged.
    """

    roles: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    objects: Mapping[str, ObjectKind] = field(default_factory=dict)
    login_page: tuple[str, ...] = ("/login",)
    forbidden_fields: tuple[str, ...] = ()
    tokens: TokenRules = TokenRules()
    role_change: RoleChange | None = None
    pages: tuple[PageRule, ...] = ()
    controls: tuple[ControlRule, ...] = ()
    writes_allowed: tuple[str, ...] = ()
    requests_per_second: float = 50.0
    parallel: int = 8
    coverage: float = 0.0
    baseline: Path | None = None
    openapi: Path | None = None
    draft: bool = False

    def endpoint(self, name: str) -> Endpoint | None:
        return next((one for one in self.endpoints if one.name == name), None)

    def takes_writing(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint cannot be tried without writing: itself, for an object in its path, or for what goes
        before."""
        made = any(place.partition(".")[0] in self.objects for place in endpoint.ask.places)
        return endpoint.writes or made or any(ask.method not in READING for ask in endpoint.before)

    def for_reading(self) -> Matrix:
        """What can be tried where nothing may be written: nothing is made, so that no canary can be looked for."""
        endpoints = tuple(replace(one, shows=()) for one in self.endpoints if not self.takes_writing(one))
        return replace(self, endpoints=endpoints, objects={}, role_change=None)


def endpoint_name(method: str, api_root: str, path: str) -> str:
    """`GET /api/orders/{id}` for GET and `/orders/{order}`: the way in which calls of the browser are named too."""
    return f"{method} {PLACE.sub('{id}', api_root + path)}"
