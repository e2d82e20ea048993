"""Questions about what the storm has done to a step, and what it may have left done on the server."""

from __future__ import annotations

from dataclasses import dataclass

from chaos.calls import CallLog
from chaos.known import Known, strikes_any
from chaos.plan import Plan
from chaos.rigging import Rigging
from chaos.seen import SeenCall
from chaos.storm import Storm
from stormwalk.config import Project
from stormwalk.errors import StormwalkError
from stormwalk.storm import Layer, Outcome


@dataclass(frozen=True, slots=True)
class Harm:
    """Of one walk: "here" is the step that is being walked. `plan` is None in a control, which strikes nothing."""

    storm: Storm
    log: CallLog
    rigging: Rigging
    project: Project
    known: Known
    plan: Plan | None

    def to_come(self, step: str) -> bool:
        """Whether the plan strikes calls of this step, as controls have shown them."""
        return self.plan is not None and strikes_any(self.plan, self.known.of(step), self.storm)

    @property
    def any(self) -> bool:
        """Whether the storm has done anything at all so far."""
        applied = any(one.applied for one in self.storm.counts)
        decided = any(one.outcome is Outcome.APPLIED for one in self.storm.decisions)
        return applied or decided or self.rigging.holds > 0

    @property
    def any_here(self) -> bool:
        return bool(self._layers_here())

    @property
    def only_client(self) -> bool:
        """Whether nothing is the matter with the page, which will not change what the client is told."""
        return self._layers_here() == {Layer.API}

    def are_why(self, error: BaseException) -> bool:
        """Whether the step could not be tested because the storm struck the API client, which heals with the storm."""
        return isinstance(error, StormwalkError) and Layer.API in self._layers_here()

    @property
    def write_delivered(self) -> bool:
        """Whether a write of this step may have reached the server; one that is still under way may as well."""
        own = (one for one in self.log.seen(self.storm.decisions) if not self._is_of_session(one))
        return self.log.writes_under_way or any(
            one.writes and not one.background and one.may_have_taken_effect for one in own
        )

    def _layers_here(self) -> set[Layer]:
        step = self.storm.step
        struck = (one for one in self.storm.decisions if one.outcome is Outcome.APPLIED)
        return {one.layer for one in struck if one.key.step == step}

    def _is_of_session(self, call: SeenCall) -> bool:
        """Whether the call signs in or renews a session, which does nothing twice."""
        table = self.project.sign_in
        if table is None:
            return False
        if table.form is not None and call.call.template == table.form.page:
            return True
        path = f"{self.project.application.api_root}{table.path}"
        return call.call.template == path or call.call.template.startswith(f"{path}/")
