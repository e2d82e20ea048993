"""Keeps `reports/` and `screenshots/` from growing without bound: what old runs have left is removed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from stormwalk.store import DEFAULT_URL, Store

FOLDERS = ("reports", "screenshots")
_RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")


def forget_old_runs(store: Store, root: Path, project: str, *, keep: int) -> None:
    """Removes events and folders of all but the newest `keep` runs of a project; their summaries stay.

    Raises StoreError. A folder that cannot be removed stays.
    """
    _remove(root, store.prune(project, keep=keep))


def forget_orphans(store: Store, root: Path, *, keep: int) -> None:
    """Removes folders of runs that neither this store nor the default one knows, the newest `keep` runs aside.

    A run that could not begin leaves its log and no event, and one that went to another store is not listed in this.
    Raises StoreError where one of the two stores cannot be read: then nobody can say what is an orphan.
    """
    there = {path.name for folder in FOLDERS for path in _folders(root / folder) if _RUN_ID.fullmatch(path.name)}
    old = sorted(there, reverse=True)[max(keep, 0) :]
    if old:
        known = _kept(store) | _kept_by_default(root)
        _remove(root, [run for run in old if run not in known])


def _folders(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []


def _kept(store: Store) -> set[str]:
    return {run.id for run in store.runs() if not run.pruned}


def _kept_by_default(root: Path) -> set[str]:
    file = root / DEFAULT_URL
    if not file.is_file():
        return set()
    with Store.open(file) as store:
        return _kept(store)


def _remove(root: Path, runs: Iterable[str]) -> None:
    for run in runs:
        for folder in FOLDERS:
            shutil.rmtree(root / folder / run, ignore_errors=True)
