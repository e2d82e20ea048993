"""Reports of a run, one file for each format. They read the store and never touch a run that is under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stormwalk.errors import EvidenceError
from stormwalk.history.trend import TrendPoint
from stormwalk.model import Run
from stormwalk.reporting.album import Album, Thumbnails, embedded_album, gallery_album, mailed_album
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
    def single(self) -> Path | None:
        """The report as one file; None where nobody asked for it."""
        return self.paths.get("html-single")

    @property
    def gallery(self) -> Path:
        return self.paths["gallery"]

    @property
    def chaos(self) -> Path | None:
        """The chaos report; None where there was no storm."""
        return self.paths.get("chaos")


def write_reports(
    store: Thumbnails, run: Run, *, root: Path, earlier: Sequence[TrendPoint] = (), single_file: bool = False
) -> Written:
    """Write every format of the run below `root`; with `single_file` its pages once more, each whole in one file.

    `earlier` are the runs before it, as `stormwalk.history.leading_to` gives them. Raises EvidenceError where that
    cannot be done; the formats that can be written are there all the same.
    """
    made = {name: format_(earlier) for name, format_ in formats().items()}
    if single_file:
        made |= {f"{name}-single": type(one)(earlier, single=True) for name, one in made.items() if one.embeds}
    reports = {name: report for name, report in made.items() if report.wanted(run)}
    paths, refused = {name: report.path(run, root) for name, report in reports.items()}, None
    for album_of in (mailed_album, gallery_album, embedded_album):
        chosen = {name: report for name, report in reports.items() if _album_of(report) is album_of}
        try:
            album = album_of(store, run, root) if chosen else Album()
            for name, report in chosen.items():
                write_whole(paths[name], report.render(run, album).encode("utf-8", "replace"))
        except EvidenceError as error:
            refused = refused or error
    if refused is not None:
        raise refused
    return Written(folder=root / Home.REPORTS / run.id, paths=paths)


def _album_of(report: Report) -> Callable[[Thumbnails, Run, Path], Album]:
    """How the pictures of a page are linked."""
    if report.single:
        return embedded_album
    return mailed_album if report.home is Home.REPORTS else gallery_album
