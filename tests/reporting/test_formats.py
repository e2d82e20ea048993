"""All formats together: what is written where, twice the same, and whole or not at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.errors import EvidenceError
from stormwalk.model import Run, Status
from stormwalk.observations import Evidence, EvidenceKind, Moment
from stormwalk.reporting import files, formats, write_reports
from stormwalk.reporting.formats import Report
from tests.reporting.links import broken_links
from tests.reporting.samples import RUN_ID, FakeStore, journey, picture, plausible, run, step, with_pictures


def test_every_format_is_written_to_its_place(tmp_path: Path) -> None:
    whole = plausible()
    written = write_reports(with_pictures(tmp_path, whole), whole, root=tmp_path)
    names = {name: str(path.relative_to(tmp_path)) for name, path in written.paths.items()}
    assert names == {
        "html": f"reports/{RUN_ID}/report.html",
        "json": f"reports/{RUN_ID}/report.json",
        "junit": f"reports/{RUN_ID}/junit.xml",
        "markdown": f"reports/{RUN_ID}/summary.md",
        "sarif": f"reports/{RUN_ID}/access.sarif",
        "gallery": f"screenshots/{RUN_ID}/index.html",
    }
    assert all(path.is_file() for path in written.paths.values())
    assert not list(tmp_path.rglob("*.tmp"))
    assert all(path.stat().st_mode & 0o044 for path in written.paths.values()), "others cannot read it"


def test_the_same_run_is_the_same_file_twice(tmp_path: Path) -> None:
    whole = plausible()
    store = with_pictures(tmp_path, whole)
    first = {name: path.read_bytes() for name, path in write_reports(store, whole, root=tmp_path).paths.items()}
    second = {name: path.read_bytes() for name, path in write_reports(store, whole, root=tmp_path).paths.items()}
    assert first == second


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    whole = plausible()
    written = write_reports(with_pictures(tmp_path, whole), whole, root=tmp_path)
    assert broken_links(written.html) == []
    assert broken_links(written.gallery) == []


def test_each_folder_can_be_mailed_alone(tmp_path: Path) -> None:
    whole = plausible()
    written = write_reports(with_pictures(tmp_path, whole), whole, root=tmp_path)
    report, gallery = tmp_path / "mail" / "report", tmp_path / "mail" / "gallery"
    shutil.copytree(written.folder, report)
    shutil.copytree(written.gallery.parent, gallery)
    assert [link for link in broken_links(report / "report.html") if not link.startswith("../../screenshots/")] == []
    assert [link for link in broken_links(gallery / "index.html") if not link.startswith("../../reports/")] == []
    assert (report / "evidence/shopper/09-place-the-order.jpg").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("files_there", "store_there", "words"),
    [(False, True, "thumbnails/"), (True, False, "../../screenshots/"), (False, False, "picture removed")],
)
def test_pictures_that_are_gone_leave_what_there_is(
    tmp_path: Path, files_there: bool, store_there: bool, words: str
) -> None:
    whole = run(journey(step(evidence=(picture(RUN_ID, "shopper", 1, "open"),))))
    store = with_pictures(tmp_path, whole, files=files_there)
    written = write_reports(store if store_there else FakeStore(), whole, root=tmp_path)
    assert words in written.html.read_text()
    assert broken_links(written.html) == []
    assert broken_links(written.gallery) == []


def test_a_path_that_leads_out_of_the_run_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"\xff\xd8\xff secret")
    for path in (f"screenshots/{RUN_ID}/../../secret.jpg", "secret.jpg", str(tmp_path / "secret.jpg")):
        evidence = replace(picture(RUN_ID, "a", 1, "x"), path=path, id="../../../../escape")
        whole = run(journey(step(evidence=(evidence,))))
        write_reports(FakeStore({evidence.id: b"\xff\xd8\xff small"}), whole, root=tmp_path)
    copies = [
        path.name
        for path in tmp_path.rglob("*")
        if path.is_file() and path.read_bytes().endswith((b"secret", b"small"))
    ]
    assert sorted(set(copies)) == ["____________escape.jpg", "secret.jpg"]
    assert copies.count("secret.jpg") == 1


def test_traces_are_linked_and_never_put_into_what_is_mailed(tmp_path: Path) -> None:
    trace = Evidence(
        id="t", kind=EvidenceKind.TRACE, moment=Moment.FAILURE, path=f"screenshots/{RUN_ID}/a/t.zip", taken_at=0
    )
    tree = replace(trace, id="y", kind=EvidenceKind.ACCESSIBILITY, path=f"screenshots/{RUN_ID}/a/y.yml")
    whole = _red(trace, tree)
    for one in (trace, tree):
        (tmp_path / one.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one.path).write_text("kept")
    written = write_reports(FakeStore(), whole, root=tmp_path)
    text = written.html.read_text()
    assert f'href="../../screenshots/{RUN_ID}/a/t.zip"' in text
    assert 'href="evidence/a/y.yml"' in text
    assert not list(written.folder.rglob("*.zip"))


def _red(*evidence: Evidence) -> Run:
    return run(journey(step(status=Status.FAILED, evidence=evidence), status=Status.FAILED))


def test_an_interrupted_write_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    files.write_whole(path, b"old")

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EvidenceError, match=r"report\.html cannot be written: .*No space left"):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_who_is_reading_the_old_report_goes_on_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    files.write_whole(path, b"the old one")
    with path.open("rb", buffering=0) as reader:
        assert reader.read(3) == b"the"
        files.write_whole(path, b"the new one")
        assert reader.read() == b" old one"
    assert path.read_bytes() == b"the new one"


def test_a_new_format_is_one_class() -> None:
    before = formats()
    try:

        class Markdown(Report):
            name = "wiki"
            filename = "report.md"
            about = "for a wiki"

            def render(self, run: Run, album: object) -> str:
                return run.id

        assert formats()["wiki"] is Markdown
        with pytest.raises(TypeError, match="two report formats are called 'wiki'"):
            type("Other", (Markdown,), {})
    finally:
        Report.registry.pop("wiki", None)
    assert formats() == before
