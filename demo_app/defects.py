"""What can be switched on in the shop, one at a time or together: defects, and decoys that only look like defects.

It is the yardstick of the tester: each entry says what is wrong and what ought to be reported.
A new one is one entry in `demo_app.catalogue` and one `if defect_on("its-name")` where it bites; one of the
pages has `ui=True` and is asked for with `defectOn("its-name")` in JavaScript.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from flask import current_app

from demo_app.catalogue.access import ACCESS
from demo_app.catalogue.decoys import DECOYS as DECOYS
from demo_app.catalogue.entry import Defect as Defect
from demo_app.catalogue.entry import DefectKind as DefectKind
from demo_app.catalogue.functional import FUNCTIONAL
from demo_app.catalogue.resilience import RESILIENCE
from demo_app.errors import StartError

ENVIRONMENT_VARIABLE = "DEMO_APP_DEFECTS"

DEFECTS: tuple[Defect, ...] = (*FUNCTIONAL, *ACCESS, *RESILIENCE)
CATALOGUE: tuple[Defect, ...] = (*DEFECTS, *DECOYS)
BY_NAME = {entry.name: entry for entry in CATALOGUE}


def known_defects(names: Iterable[str]) -> frozenset[str]:
    """Return the names as a set; refuse one that is not in the catalogue."""
    wanted = frozenset(name.strip() for name in names if name.strip())
    unknown = sorted(wanted - BY_NAME.keys())
    if unknown:
        raise StartError(f"unknown defect {', '.join(unknown)}; there are: {', '.join(sorted(BY_NAME))}")
    return wanted


def defects_of_environment() -> list[str]:
    return os.environ.get(ENVIRONMENT_VARIABLE, "").split(",")


def defect_on(name: str) -> bool:
    """Tell whether the running shop has this defect or decoy."""
    # The look-up makes a misspelt name in our own code fail at once.
    return BY_NAME[name].name in current_app.config["SHOP"].defects


def active_ui_defects() -> list[str]:
    return sorted(name for name in current_app.config["SHOP"].defects if BY_NAME[name].ui)
