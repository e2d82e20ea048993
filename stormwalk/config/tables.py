"""What every table of a project file is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Table(BaseModel):
    """A table of the project file: frozen, and without a key that nobody knows."""

    # Input is hidden: the text of a ValidationError would otherwise show passwords.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def below(key: tuple[str | int, ...], message: str) -> PydanticCustomError:
    """A problem of a key below the table that is being checked."""
    return PydanticCustomError("below", "{message}", {"below": key, "message": message})
