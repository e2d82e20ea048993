"""The base class of the formats. A new format is one new file in this folder: its class registers itself."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any, ClassVar

import stormwalk.reporting
from stormwalk.history.trend import TrendPoint
from stormwalk.model import Run
from stormwalk.reporting.album import Album


class Home(StrEnum):
    """The folder in which a report of a run lies; the album's links are relative to it."""

    REPORTS = "reports"
    SCREENSHOTS = "screenshots"


class Report(ABC):
    """One format: what it is called, which file it writes, and how a run reads in it.

    `earlier` are the runs before this one, oldest first, with itself as the last. A page that is `single` is mailed
    alone, so that it links no file beside it. `render` depends on nothing else than these and its arguments, so that
    the same run is the same file each time.
    """

    registry: ClassVar[dict[str, type[Report]]] = {}

    name: ClassVar[str]
    filename: ClassVar[str]
    about: ClassVar[str]
    home: ClassVar[Home] = Home.REPORTS
    embeds: ClassVar[bool] = False
    """Whether it can be written as a single file, with the pictures in it."""

    def __init__(self, earlier: Sequence[TrendPoint] = (), *, single: bool = False) -> None:
        self.earlier = tuple(earlier)
        self.single = single

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name in Report.registry:
            raise TypeError(f"two report formats are called {cls.name!r}")
        Report.registry[cls.name] = cls

    @classmethod
    def wanted(cls, run: Run) -> bool:
        """Whether there is anything to say of this run in this format; every run is told unless it says otherwise."""
        return True

    @abstractmethod
    def render(self, run: Run, album: Album) -> str: ...

    def path(self, run: Run, root: Path) -> Path:
        name = PurePath(self.filename)
        return root / self.home / run.id / (f"{name.stem}-single{name.suffix}" if self.single else self.filename)


def formats() -> dict[str, type[Report]]:
    """Every format of this folder, by name."""
    for module in pkgutil.iter_modules(stormwalk.reporting.__path__, "stormwalk.reporting."):
        importlib.import_module(module.name)
    return dict(sorted(Report.registry.items()))
