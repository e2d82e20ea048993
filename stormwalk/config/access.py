"""`[access]` of a project file: what every role may do at every endpoint, and what is needed to try it.

    [access.under."/admin"]          # for every endpoint below; the longest path wins
    allow = ["admin"]
    [access.endpoints]
    "GET /products" = "everybody"
    "GET /orders/{order}" = { own = ["shopper"], allow = ["support", "admin"], shows = ["order"] }

Who gets what is said by five words: `allow`, `deny`, `unauthenticated`, `conceal` and `own`. An endpoint that names
nobody has the words of `under`; one that names somebody stands for itself, and whoever is left out gets `anonymous`
or `default`.

Texts hold places: `{order}` is an object of that kind, made for the probe; `{unique}` a value that no other probe uses;
`{username}`, `{password}` and `{refresh_token}` are the caller's own; anything else stands in `params`. A text that is
one place and nothing else keeps the type of its value. A dotted field leads through every item of a list.

What needs the whole of the table, or the roles of the project, is checked by `access_check`.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from stormwalk.access.matrix import UNIQUE
from stormwalk.access.results import Expected
from stormwalk.config.problems import did_you_mean
from stormwalk.config.tables import Table, below
from stormwalk.config.values import Finding, Name, RequestLine, SharedSecret, Text, UrlPath

EVERYBODY, SIGNED_IN = "everybody", "signed-in"
GROUPS = (EVERYBODY, SIGNED_IN)
"""Words for several roles: all of them with anonymous, and all but anonymous."""


def _word(value: Any) -> Any:
    words = [word.value for word in Expected]
    if isinstance(value, str) and value not in words:
        raise ValueError(f'unknown word "{value[:40]}"; {did_you_mean(value, words)}')
    return value


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _json(value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError("expected what JSON can hold; write dates and times as text") from None
    return value


def _refusing(value: int) -> int:
    if 200 <= value < 300:
        raise ValueError(f"expected a status that refuses, got {value}; a success cannot carry a refusal")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as problem:
        raise ValueError(f"expected a regular expression: {problem}") from None
    return value


Word = Annotated[Expected, BeforeValidator(_word)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]
Json = Annotated[Any, AfterValidator(_json)]
Status = Annotated[int, Field(ge=100, le=599, strict=True), AfterValidator(_refusing)]
Statuses = Annotated[tuple[Status, ...], Field(min_length=1)]


class AskTable(Table):
    """A call: `"POST /orders"`, or `{ call = "POST /orders", body = { ... } }`. With `form`, the body is sent as a
    page sends it. `keep = { basket = "id" }` makes `{basket}` a place for later calls, with that field of the answer.
    """

    call: RequestLine
    body: Json = None
    form: StrictBool = False
    keep: dict[Name, Text] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"call": value} if isinstance(value, str) else value

    @property
    def method(self) -> str:
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.call.partition(" ")[2]


class WhoTable(Table):
    """Roles, and the groups `everybody` and `signed-in`, by what they get. A text or list is who is allowed.

    A role that is named stands above a group: `allow = "signed-in", deny = ["support"]`.
    """

    allow: Names = ()
    deny: Names = ()
    unauthenticated: Names = ()
    conceal: Names = ()
    own: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"allow": value} if isinstance(value, str | list) else value

    @property
    def words(self) -> dict[Expected, tuple[str, ...]]:
        """Whom each word names; empty where the table names nobody."""
        return {word: names for word in Expected if (names := getattr(self, word.value))}


class StatusesTable(Table):
    """The status codes that carry each intent; `own` is what another one's object is answered with."""

    deny: Statuses | None = None
    unauthenticated: Statuses | None = None
    conceal: Statuses | None = None
    own: Statuses | None = None


class UnderTable(WhoTable):
    """What all endpoints below a path have in common."""

    statuses: StatusesTable = StatusesTable()
    may_show: Names = ()


class ProofTable(Table):
    """How a write is read back; see `stormwalk.access.matrix.Proof`."""

    read: AskTable
    by: str = ""
    field: str = ""
    becomes: Json = UNIQUE
    gone: StrictBool = False

    @model_validator(mode="after")
    def _either(self) -> Self:
        if self.gone and {"field", "becomes"} & self.model_fields_set:
            raise ValueError("expected gone, or field and becomes, got both")
        return self


class EndpointTable(UnderTable):
    """One or more methods of a path. Body, proof and protected fields belong to the methods that write."""

    body: Json = None
    params: dict[str, str | int] = Field(default_factory=dict)
    before: tuple[AskTable, ...] = ()
    shows: Names = ()
    proof: ProofTable | None = None
    protected: dict[str, Json] = Field(default_factory=dict)
    ends_session: StrictBool = False
    form: StrictBool = False
    writes: StrictBool | None = None


class AccountTable(Table):
    username: Text
    password: Text


class ObjectTable(Table):
    """A kind of object that is made for a probe; see `stormwalk.access.matrix.ObjectKind`. Where the last call is
    answered with a page or a redirect and no JSON, `pattern` is a regular expression that finds the id there, as its
    first group; `{unique}` in it is what this object is told apart by."""

    made_by: Annotated[Names, Field(min_length=1)]
    make: Annotated[tuple[AskTable, ...], Field(min_length=1)]
    id_field: Text = "id"
    pattern: Finding | None = None
    undo: AskTable | None = None
    undo_by: str = ""
    account: AccountTable | None = None


class TokensTable(Table):
    """What is known of the tokens. `signing_key` may be `{ env = "NAME" }`, or `{ random = "NAME" }` for a key that is
    made up and handed to the application that we start."""

    signing_key: SharedSecret | None = None
    algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    refresh: AskTable | None = None
    refresh_field: Text = "refresh_token"


class RoleChangeTable(Table):
    """How a role is given and taken; see `stormwalk.access.matrix.RoleChange`."""

    kind: Text
    by: Text
    ask: AskTable
    to: Text
    back_to: Text
    endpoint: RequestLine


class ControlTable(Table):
    """A button or link of a page, by its accessible name (a regular expression), and the endpoint behind it."""

    page: UrlPath
    kind: Literal["button", "link"]
    name: Annotated[Text, AfterValidator(_pattern)]
    endpoint: RequestLine


class AccessTable(Table):
    """The whole of `[access]`. Files are relative to the file in which this stands."""

    draft: StrictBool = False
    anonymous: Word = Expected.UNAUTHENTICATED
    default: Word = Expected.DENY
    coverage: float = Field(default=0.0, ge=0, le=1)
    baseline: Text | None = None
    openapi: Text | None = None
    login_page: Annotated[tuple[UrlPath, ...], BeforeValidator(_one_or_more), Field(min_length=1)] = ("/login",)
    requests_per_second: float = Field(default=50.0, ge=0.1, le=100_000, allow_inf_nan=False)
    parallel: int = Field(default=8, ge=1, le=64, strict=True)
    forbidden_fields: Names = ()
    statuses: StatusesTable = StatusesTable()
    under: dict[UrlPath, UnderTable] = Field(default_factory=dict)
    objects: dict[Name, ObjectTable] = Field(default_factory=dict)
    endpoints: dict[str, EndpointTable]
    role_change: RoleChangeTable | None = None
    tokens: TokensTable = TokensTable()
    pages: dict[UrlPath, WhoTable] = Field(default_factory=dict)
    pages_under: dict[UrlPath, WhoTable] = Field(default_factory=dict)
    controls: tuple[ControlTable, ...] = ()

    @model_validator(mode="after")
    def _sensible_defaults(self) -> Self:
        if self.anonymous is Expected.OWN:
            raise below(("anonymous",), "expected another word; who has no account owns nothing")
        if not self.endpoints:
            raise below(("endpoints",), 'expected an endpoint, such as "GET /products" = "everybody"')
        return self
