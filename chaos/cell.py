"""A cell: one step, one call, one fault, and what came of it. Outcome, verdict and score are functions of cells."""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.storm_judgement import Outcome, Recovery, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of a cell. Durations are milliseconds; None where it is not known or never happened.

    `maskable` says that a good application hides this fault from its user altogether (slow but within patience, one
    failure of a call that may be repeated, decoration, ...). `done` says that the step was done under the fault,
    without help; `repeated` that the application made failed calls again by itself. `recovery` is the rung that healed
    a step that was not done, `recovery_ms` the time from lifting the fault.

    `base_ms` is the median of the controls, `fault_ms` the time until the step was done or, where it could not be,
    until the user was told. `delay_ms` are the delivered delays on the critical path. `feedback_ms` counts from the
    moment at which the failure could be seen, `busy_ms` from the start of the step. `retry_offered` says that the page
    lets the user try again. `at_worst` is the worst outcome that the hypothesis of the plan allows, None for the usual.
    """

    journey: str
    step: str
    site: str
    fault: str
    maskable: bool = False
    delivered: bool = True
    control_held: bool = True
    error: str = ""
    done: bool = False
    repeated: bool = False
    recovery: Recovery | None = None
    recovery_ms: float | None = None
    base_ms: float | None = None
    fault_ms: float | None = None
    delay_ms: float = 0.0
    feedback_ms: float | None = None
    feedback_specific: bool = False
    busy_ms: float | None = None
    input_kept: bool = True
    retry_offered: bool = False
    troubles: tuple[Trouble, ...] = ()
    criticality: float = 1.0
    at_worst: Outcome | None = None

    @property
    def signs(self) -> frozenset[str]:
        return frozenset(one.sign for one in self.troubles)

    @property
    def gate(self) -> bool:
        """Whether nothing was seen that takes the whole score."""
        return not any(one.gates for one in self.troubles)

    @property
    def invalid_because(self) -> str:
        """Why nothing can be said of this cell, empty where something can."""
        if self.error:
            return self.error
        if not self.control_held:
            return "the control failed as well"
        return "" if self.delivered else "the fault was never delivered"
