"""The base class of the signs of trouble. A new sign is one new file in this folder: its class registers itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from chaos.scene import Scene
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

_MOST_EVIDENCE = 8


class Sign(ABC):
    """One kind of trouble: what it is called, how grave it is, and how it is seen.

    `gates` says that with it the score of a cell is nothing. `check` depends on nothing but the scene; what it cannot
    see it does not report.
    """

    registry: ClassVar[dict[str, type[Sign]]] = {}

    name: ClassVar[str]
    about: ClassVar[str]
    severity: ClassVar[Severity]
    gates: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name in Sign.registry:
            raise TypeError(f"two signs of trouble are called {cls.name!r}")
        Sign.registry[cls.name] = cls

    @abstractmethod
    def check(self, seen: Scene) -> tuple[Trouble, ...]: ...

    def trouble(
        self,
        seen: Scene,
        words: str,
        evidence: Iterable[str] = (),
        *,
        call: str = "",
        at: float | None = None,
        severity: Severity | None = None,
    ) -> Trouble:
        """A trouble of this kind in the scene; of long evidence the beginning is kept."""
        lines = tuple(evidence)
        more = len(lines) - _MOST_EVIDENCE
        return Trouble(
            sign=self.name,
            severity=severity or self.severity,
            gates=self.gates,
            words=words,
            evidence=(*lines[:_MOST_EVIDENCE], f"… and {more} more") if more > 0 else lines,
            step=seen.step,
            call=call,
            at=at,
        )
