"""The `[storm]` table of the project file: how much each term of a score and each fault weighs, the gates, and what
must be true of the application in the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from stormwalk.config.durations import Milliseconds
from stormwalk.config.tables import Table, below
from stormwalk.config.values import Finding, Name, RequestLine, Text

Weight = Annotated[float, Field(ge=0, le=1000, strict=True)]

# Users meet slowness and errors of servers every day, lost replies and ended sessions now and then.
LIKELIHOOD: dict[str, float] = {
    "latency": 3.0,
    "hang": 3.0,
    "throttle": 3.0,
    "http": 3.0,
    "lost-reply": 2.0,
    "session-expiry": 2.0,
    "offline": 2.0,
    "abort": 2.0,
    "rate-limit": 2.0,
}


class TermsTable(Table):
    """Weights of the terms of a cell's score; only their proportions count."""

    outcome: Weight = 0.35
    recovery: Weight = 0.25
    feedback: Weight = 0.20
    performance: Weight = 0.10
    stability: Weight = 0.10

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if sum(self.by_name.values()) <= 0:
            raise ValueError("expected a weight above zero, got none")
        return self

    @property
    def by_name(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in type(self).model_fields}


def _pattern(value: str) -> str:
    """A pattern of addresses as rules of a storm have them: `/api/orders/*/events`, `https://cdn.test/**`."""
    good = re.match(r"/|\*\*|[a-z][a-z0-9+.-]*://[^/]", value, re.IGNORECASE) and not re.search(r"\s", value)
    if not good or re.search(r"[{}]", re.sub(r"\{[^{}/]+\}", "", value)):
        raise ValueError(
            f'expected a pattern such as "/api/orders/*/events", with {{}} only around names without a slash,'
            f' got "{value[:60]}"'
        )
    return value


def _reads(value: str) -> str:
    if not value.startswith("GET "):
        raise ValueError(f'expected a call that only reads, such as "GET /orders", got "{value[:60]}"')
    return value


class EndStateTable(Table):
    """One kind of object that is counted before it is made and at the very end, through an undisturbed API session.

    `read` is the call, its path below the API root, that lists the objects of whoever asks; actors of `role` do.
    `items` and `id` say where the list stands in the answer and where the id in each, as dotted paths (an empty
    `items`: the answer itself is the list); `amount` is a sum in its smallest unit. `made_by` is the call of the page
    that makes `made` of them, with the API root and its ids as `{id}`; without it, they are made by the step after
    which a control has more of them. Objects `of_session` are what a session holds, such as a basket: to lose them is
    to lose the session. Where a page is read and no JSON, `pattern` is a regular expression that finds each id in it,
    as its first group.
    """

    kind: Name
    read: Annotated[RequestLine, AfterValidator(_reads)]
    items: str = ""
    id: Text = "id"
    amount: Text | None = None
    role: Name
    made_by: RequestLine | None = None
    pattern: Finding | None = None
    made: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1
    of_session: Annotated[bool, Field(strict=True)] = False

    @property
    def path(self) -> str:
        """The path of `read`, below the API root."""
        return self.read.partition(" ")[2]


class HookTable(Table):
    """A call by which the application lets a part of itself fail, its paths from the root of the application.

    `set` is made with the body of one of the `states`, `reset` brings fair weather back. For test systems only.
    """

    set: RequestLine
    reset: RequestLine
    states: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]


def _each_once(tables: tuple[EndStateTable, ...]) -> tuple[EndStateTable, ...]:
    kinds = [one.kind for one in tables]
    for place, kind in enumerate(kinds):
        if kind in kinds[:place]:
            raise below((place, "kind"), f'expected a kind of its own; "{kind}" is there already')
    return tables


class StormTable(Table):
    """`likelihood` says how often users meet a fault, by its name; one that is not named counts once.

    `fail_under` is the score below which a run fails; None fails for no score. `calls` is a pattern of those calls that
    Stormwalk's own plans mean by the application's, where that is not all below the API root: of pages that come whole
    from the server, for example. `background` are patterns of calls that no step causes: polling and streams.
    `patience` is how long a user waits for a call or a spinner before it is trouble, in milliseconds. `end_state` is
    what is counted to know whether something was lost or made twice.
    `hooks` let parts of the application fail that no browser calls. `rights` are patterns of the calls by which pages
    learn who somebody is and what they may do, beside those that sign in: when one of them was struck, it is tried
    afterwards whether the API lets anybody in whom it kept out before. `trouble_words` are those by which the pages
    tell that something went wrong, where these are in a language that Stormwalk does not know.
    """

    terms: TermsTable = TermsTable()
    likelihood: dict[Name, Weight] = Field(default_factory=lambda: dict(LIKELIHOOD))
    fail_under: Annotated[float, Field(ge=0, le=100, strict=True)] | None = None
    calls: Annotated[str, AfterValidator(_pattern)] | None = None
    background: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    patience: Milliseconds = 15_000.0
    end_state: Annotated[tuple[EndStateTable, ...], AfterValidator(_each_once)] = ()
    hooks: dict[Name, HookTable] = Field(default_factory=dict)
    rights: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    trouble_words: tuple[Text, ...] = ()

    def likelihood_of(self, fault: str) -> float:
        """How often users meet this fault, in proportion to others."""
        return self.likelihood.get(fault, LIKELIHOOD.get(fault, 1.0))


def unknown_roles(table: StormTable, with_actors: Iterable[str]) -> PydanticCustomError | None:
    """What is wrong with the roles that are asked for the end state, None where nothing is."""
    known = tuple(with_actors)
    for place, one in enumerate(table.end_state):
        if one.role not in known:
            expected = ", ".join(known) or "none is there"
            message = f'expected a role that has actors ({expected}), got "{one.role}"'
            return below(("storm", "end_state", place, "role"), message)
    return None
