"""The probes: one file for each kind. A subclass of `Probe` registers itself; nothing else has to be told of it."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from stormwalk.access.ground import Ground
from stormwalk.access.results import AccessCell, Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a task. `remarks` say what could not be probed, and why."""

    cells: tuple[AccessCell, ...] = ()
    breaches: tuple[Breach, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that one thread does; `rules` are those whose breach it can find, at `endpoint` (empty: at several).

    `judges` says that it judges the endpoint's cells, which stay open where the task breaks.
    """

    endpoint: str
    rules: tuple[str, ...]
    run: Callable[[], Outcome]
    judges: bool = False


class Probe(ABC):
    """A kind of probe. Those that write come after all that only read, in the order of `turn`."""

    registry: ClassVar[dict[str, type[Probe]]] = {}

    name: ClassVar[str]
    about: ClassVar[str]
    writes: ClassVar[bool] = False
    turn: ClassVar[int] = 0

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name in Probe.registry:
            raise TypeError(f"two probes are called {cls.name!r}")
        Probe.registry[cls.name] = cls

    @abstractmethod
    def tasks(self) -> Iterable[Task]:
        """What is to be done, each task independent of the others."""


def probes() -> list[type[Probe]]:
    """Every kind of probe, those that only read first."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return sorted(Probe.registry.values(), key=lambda one: (one.writes, one.turn, one.name))
