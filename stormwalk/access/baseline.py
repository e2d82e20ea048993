"""The findings that a project has accepted: they are told of and do not alarm, until they turn up at a new place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stormwalk.access.results import AccessFinding
from stormwalk.errors import ProjectFileError, UsageError

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that was accepted, at which places and why."""

    id: str
    rule: str
    places: tuple[str, ...]
    because: str

    def covers(self, finding: AccessFinding) -> bool:
        """Whether the finding is the accepted one, at no place that is new."""
        return finding.id == self.id and set(finding.places) <= set(self.places)

    def covers_place(self, finding_id: str, place: str) -> bool:
        return finding_id == self.id and place in self.places


def read_baseline(path: Path | None) -> tuple[Accepted, ...]:
    """What was accepted; nothing where there is no file yet. Raises ProjectFileError for one that cannot be read."""
    if path is None or not path.exists():
        return ()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            raise ProjectFileError(f"{path}: version: expected {VERSION}, got {str(document['version'])[:20]}")
        return tuple(_accepted(one) for one in document["accepted"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ProjectFileError(
            f"{path}: expected what `python -m stormwalk access accept` writes, got something else "
            f"({type(problem).__name__}); mend it, or remove the file to accept nothing"
        ) from problem


def accept(path: Path, finding: AccessFinding, because: str) -> None:
    """Adds a finding with its places; one that is there is replaced. Raises UsageError where it cannot be written."""
    others = [one for one in read_baseline(path) if one.id != finding.id]
    mine = Accepted(id=finding.id, rule=finding.rule, places=finding.places, because=because)
    entries = [_written(one) for one in sorted([*others, mine], key=lambda one: one.id)]
    text = json.dumps({"version": VERSION, "accepted": entries}, indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{path} cannot be written: {problem.strerror}") from problem


def is_accepted(finding: AccessFinding, accepted: Iterable[Accepted]) -> bool:
    return any(one.covers(finding) for one in accepted)


def _accepted(entry: dict[str, Any]) -> Accepted:
    if not isinstance(entry["places"], list):
        raise TypeError("places is no list")
    return Accepted(
        id=str(entry["id"]),
        rule=str(entry["rule"]),
        places=tuple(str(one) for one in entry["places"]),
        because=str(entry.get("because", "")),
    )


def _written(one: Accepted) -> dict[str, Any]:
    return {"id": one.id, "rule": one.rule, "places": list(one.places), "because": one.because}
