"""What the gate said of a run: each rule with its answer, in words. Read-only values, as in `model`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule of the gate. `passed` is None where it could not be judged, and `words` then say why.

    `cells` name what broke it: cells that were green, findings that are new, steps that are slower.
    """

    rule: str
    passed: bool | None
    words: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The answer of all rules. `compared_with` is the run of the base branch (or file) that it was laid beside.

    `holds_reds` says that the ratchet was in force: what is red and was red already then fails nothing, and `excused`
    are the names of those cells. `remark` says why the gate stayed out, empty where it did not.
    """

    rules: tuple[RuleResult, ...] = ()
    compared_with: str = ""
    holds_reds: bool = False
    excused: tuple[str, ...] = ()
    remark: str = ""

    @property
    def passed(self) -> bool | None:
        """None where no rule could be judged, which is no praise."""
        if self.failed:
            return False
        return True if any(one.passed for one in self.rules) else None

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        return tuple(one for one in self.rules if one.passed is False)
