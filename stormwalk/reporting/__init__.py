"""Reports of a run, one file for each format. They read the store and never touch a run that is under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stormwalk.errors import EvidenceError
from stormwalk.model import Run
from stormwalk.reporting.album import Thumbnails, gallery_album, mailed_album
from stormwalk.reporting.files import write_whole
from stormwalk.reporting.formats import Home, Report, formats

__all__ = ["Home", "Report", "Written", "formats", "write_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the reports of a run lie: `folder` can be mailed, `paths` has each file by the name of its format.

    Of a format that has nothing to say of the run there is no file and no path.
    """

    folder: Path
    paths: Mapping[str, Path]

    @property
    def html(self) -> Path:
        """The one to open first."""
        return self.paths["html"]

    @property
    def gallery(self) -> Path:
        return self.paths["gallery"]

    @property
    def chaos(self) -> Path | None:
        """The chaos report; None where there was no storm."""
        return self.paths.get("chaos")


def write_reports(store: Thumbnails, run: Run, *, root: Path) -> Written:
    """Write every format of the run below `root`.

    Raises EvidenceError where that cannot be done; the formats that can be written are there all the same.
    """
    albums = {Home.REPORTS: mailed_album, Home.SCREENSHOTS: gallery_album}
    made = {name: format_() for name, format_ in formats().items()}
    reports = {name: report for name, report in made.items() if report.wanted(run)}
    paths, refused = {name: report.path(run, root) for name, report in reports.items()}, None
    for home, album_of in albums.items():
        try:
            album = album_of(store, run, root)
            for name, report in reports.items():
                if report.home is home:
                    write_whole(paths[name], report.render(run, album).encode("utf-8", "replace"))
        except EvidenceError as error:
            refused = refused or error
    if refused is not None:
        raise refused
    return Written(folder=root / Home.REPORTS / run.id, paths=paths)
