"""The pictures of a run as a page can link them: which are there, and under which relative name.

The folder `reports/<run>/` can be mailed: it holds every thumbnail, and in full what was kept of the red
steps and what the findings of a storm show.
The other full pictures are linked where they lie, in `screenshots/<run>/`, which can be mailed as well.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import quote

from stormwalk.model import Run, Status
from stormwalk.observations import Evidence, EvidenceKind
from stormwalk.reporting.files import copy_whole, inside, write_whole

EMBEDDED = 1_000
"""How many pictures a single file holds, so that it can still be mailed and opened."""

_KINDS = {b"\x89PNG": "png", b"RIFF": "webp"}
_SUFFIXES = {b"\x89PNG": ".png", b"RIFF": ".webp", b"\xff\xd8\xff": ".jpg"}


class Thumbnails(Protocol):
    """What is needed of the store."""

    def thumbnail(self, run_id: str, evidence_id: str, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Shot:
    """Relative links to a piece of evidence; None where there is nothing any more."""

    thumbnail: str | None = None
    full: str | None = None

    @property
    def link(self) -> str | None:
        """The best that there is to open."""
        return self.full or self.thumbnail

    @property
    def image(self) -> str | None:
        """The smallest that there is to show."""
        return self.thumbnail or self.full


@dataclass(frozen=True, slots=True)
class Album:
    """The links of every piece of evidence, by its id."""

    shots: Mapping[str, Shot] = field(default_factory=dict)

    def shot(self, evidence: Evidence | None) -> Shot:
        return self.shots.get(evidence.id, Shot()) if evidence else Shot()


def mailed_album(store: Thumbnails, run: Run, root: Path) -> Album:
    """Fill `reports/<run>/` with pictures and say how its pages link them."""
    home, shots = root / "reports" / run.id, {}
    for evidence, whole in _evidence(run):
        name = _name(run, evidence)
        full = _mailed_full(root, home, name, evidence, whole)
        shots[evidence.id] = Shot(_thumbnail(store, run, evidence, home, PurePosixPath("thumbnails") / name), full)
    return Album(shots)


def gallery_album(store: Thumbnails, run: Run, root: Path) -> Album:
    """How a page in `screenshots/<run>/` links the pictures beside it; a missing thumbnail is taken from the store."""
    home, shots = root / "screenshots" / run.id, {}
    for evidence, _ in _evidence(run):
        name = _name(run, evidence)
        target = name.parent / "thumbnails" / name.name
        thumbnail = _href(target) if (home / target).is_file() else _thumbnail(store, run, evidence, home, target)
        shots[evidence.id] = Shot(thumbnail, _href(name) if (home / name).is_file() else None)
    return Album(shots)


def embedded_album(store: Thumbnails, run: Run, root: Path) -> Album:
    """The thumbnails themselves as links, for a page that is a single file: red steps first, `EMBEDDED` at most."""
    told = sorted((one for one in _evidence(run) if one[0].kind is EvidenceKind.PICTURE), key=lambda one: not one[1])
    shots: dict[str, Shot] = {}
    for evidence, _ in told[:EMBEDDED]:
        content = store.thumbnail(run.id, evidence.id)
        if content is not None:
            kind = next((kind for magic, kind in _KINDS.items() if content.startswith(magic)), "jpeg")
            shots[evidence.id] = Shot(f"data:image/{kind};base64,{base64.b64encode(content).decode()}")
    return Album(shots)


def _evidence(run: Run) -> Iterator[tuple[Evidence, bool]]:
    """Each piece of evidence, and whether it is kept in full: that of red steps, and of what a storm was judged for."""
    judgement = run.storm.judgement if run.storm else None
    told = {one for finding in judgement.findings for one in (finding.before, finding.after)} if judgement else set()
    for journey in run.journeys:
        yield from ((one, False) for one in journey.evidence)
        for step in journey.steps:
            # Under a storm most steps may be red; what they mean stands in the findings.
            red = step.status not in (Status.PASSED, Status.SKIPPED) and journey.in_fair_weather
            yield from ((one, red or one.id in told) for one in step.evidence)


def _name(run: Run, evidence: Evidence) -> PurePosixPath:
    """Where it lies within the run's folder. One that lies elsewhere is only ever shown by its thumbnail."""
    name = inside(evidence.path, PurePosixPath("screenshots") / run.id)
    return name or PurePosixPath("other") / re.sub(r"[^\w-]", "_", evidence.id)


def _mailed_full(root: Path, home: Path, name: PurePosixPath, evidence: Evidence, whole: bool) -> str | None:
    source = root / "screenshots" / home.name / name
    if not source.is_file():
        return None
    # Traces and videos can hold secrets and are large: they are linked, never put into what is mailed.
    if whole and evidence.kind in (EvidenceKind.PICTURE, EvidenceKind.ACCESSIBILITY):
        copy_whole(source, home / "evidence" / name)
        return _href(PurePosixPath("evidence") / name)
    return _href(PurePosixPath("../../screenshots") / home.name / name)


def _thumbnail(store: Thumbnails, run: Run, evidence: Evidence, home: Path, target: PurePosixPath) -> str | None:
    content = store.thumbnail(run.id, evidence.id) if evidence.kind is EvidenceKind.PICTURE else None
    if content is None:
        return None
    suffix = next((suffix for magic, suffix in _SUFFIXES.items() if content.startswith(magic)), target.suffix)
    target = target.with_suffix(suffix)
    write_whole(home / target, content)
    return _href(target)


def _href(path: PurePosixPath) -> str:
    # A colon in the first part would read as a URL's scheme, and quote leaves none.
    return quote(str(path), safe="/")
