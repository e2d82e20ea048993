"""Signs of trouble, one small pure check in each file. `check_all` asks every one of them."""

from __future__ import annotations

import importlib
import pkgutil

from chaos.scene import Scene
from chaos.signs.sign import Sign
from stormwalk.storm_judgement import Trouble

__all__ = ["Sign", "check_all", "signs"]


def signs() -> dict[str, type[Sign]]:
    """Every sign of this folder, by name."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(Sign.registry.items()))


def check_all(seen: Scene) -> tuple[Trouble, ...]:
    """All trouble of the scene, worst first; the same for the same scene."""
    found = [trouble for kind in signs().values() for trouble in kind().check(seen)]
    return tuple(sorted(found, key=lambda one: (one.severity.rank, one.sign, one.call)))
