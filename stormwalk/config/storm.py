"""The `[storm]` table of the project file: how much each term of a score and each fault weighs, and the gates."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stormwalk.config.values import Name

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


class TermsTable(BaseModel):
    """Weights of the terms of a cell's score; only their proportions count."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

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


class EndStateTable(BaseModel):
    """Business objects that are counted before and after a storm, through an API session of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Name
    read: str
    items: str = ""
    id: str = "id"
    amount: str = ""
    role: Name
    made_by: str = ""
    made: int = 1
    of_session: bool = False

    @property
    def read_request(self) -> tuple[str, str]:
        """Method and path."""
        method, _, path = self.read.partition(" ")
        return method, path


class StormTable(BaseModel):
    """`likelihood` says how often users meet a fault, by its name; one that is not named counts once.

    `fail_under` is the score below which a run fails; None fails for no score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    terms: TermsTable = TermsTable()
    likelihood: dict[Name, Weight] = Field(default_factory=lambda: dict(LIKELIHOOD))
    background: tuple[str, ...] = ()
    end_state: tuple[EndStateTable, ...] = ()
    fail_under: Annotated[float, Field(ge=0, le=100, strict=True)] | None = None

    def likelihood_of(self, fault: str) -> float:
        """How often users meet this fault, in proportion to others."""
        return self.likelihood.get(fault, LIKELIHOOD.get(fault, 1.0))
