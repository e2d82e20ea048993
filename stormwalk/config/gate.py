"""The `[gate]` table of the project file: when a run is not good enough, whatever else is said of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stormwalk.config.tables import Table
from stormwalk.config.values import Text

Percent = Annotated[float, Field(ge=0, le=100, strict=True)]


class GateTable(Table):
    """Each rule is off until it is named.

    `pass_rate` is the least share of steps that pass, in percent; `resilience` the least score of a storm, 0 to 100;
    `new_findings` how many findings a run may have that the base branch has not; `slower_than` by how much a step may
    be slower than there, in percent, once it is beyond its noise. With `ratchet`, what was red on `base_branch` fails
    nothing, and everything else that is red fails the run.
    """

    base_branch: Text = "main"
    ratchet: Annotated[bool, Field(strict=True)] = False
    pass_rate: Percent | None = None
    resilience: Percent | None = None
    new_findings: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None = None
    slower_than: Annotated[float, Field(ge=0, le=100_000, strict=True)] | None = None

    @property
    def is_on(self) -> bool:
        """Whether any rule was named."""
        rules = (self.pass_rate, self.resilience, self.new_findings, self.slower_than)
        return self.ratchet or any(one is not None for one in rules)
