"""A part of the application itself, behind its own door, that a hook of the project can make fail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from chaos.fault import ServerFault
from chaos.parameter import ParameterProblem, text

_EXAMPLE = "expected a hook of the project and its state, as in hook:permissions=fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook(ServerFault):
    """Written as `hook:NAME=STATE`, both of `[storm.hooks]` in the project file."""

    name: ClassVar[str] = "hook"
    about: ClassVar[str] = "A call between the application's own servers fails, by a hook that the project offers."

    which: str = text("permissions", "the hook, by its name in [storm.hooks]")
    state: str = text("fail", "one of the states of this hook")

    def __post_init__(self) -> None:
        ServerFault.__post_init__(self)
        if not re.fullmatch(r"[a-z_]{1,40}", self.which) or not self.state:
            raise ParameterProblem("which", _EXAMPLE)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """With `{"permissions": "fail"}`, which is how people write it, or with parameters by their names."""
        if len(values) == 1 and not set(values) & {"which", "state"}:
            ((which, state),) = values.items()
            values = {"which": which, "state": state}
        return super(Hook, cls).of(values)

    def written(self) -> str:
        return f"{self.name}:{self.which}={self.state}"
