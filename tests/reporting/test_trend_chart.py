from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.history import leading_to
from stormwalk.history.trend import TrendPoint
from stormwalk.model import Status
from stormwalk.reporting import album, write_reports
from stormwalk.reporting.trend_chart import pass_rates, resilience
from stormwalk.store import Store
from tests.history.past import journey, keep, run, step
from tests.reporting.links import broken_links
from tests.reporting.samples import plausible, with_pictures
from tests.reporting.storm_runs import rich, with_storm_pictures


def _earlier(tmp_path: Path, scores: tuple[float, ...]) -> tuple[TrendPoint, ...]:
    storm = rich()
    with Store.open(tmp_path / "s.db") as store:
        for number, _ in enumerate(scores):
            at = storm.started_at - 1000 * (len(scores) - number - 1)
            keep(store, replace(storm, id=f"20261101-{number:06}-aaaa", started_at=at))
        points = leading_to(store, replace(storm, id="20261101-999999-aaaa"))
    return tuple(replace(one, resilience=score) for one, score in zip(points, scores, strict=True))


def test_one_run_is_no_trend(tmp_path: Path) -> None:
    assert pass_rates(_earlier(tmp_path, (50.0,))) is None
    assert resilience(()) is None


def test_a_line_breaks_where_the_rules_of_scoring_changed(tmp_path: Path) -> None:
    points = list(_earlier(tmp_path, (50.0, 60.0, 70.0)))
    points[2] = replace(points[2], score_version=2)

    chart = resilience(points)

    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 1]
    assert chart.words == "3 runs: resilience 70, 60 in the run before, lowest 50"


def test_a_run_without_a_score_does_not_pass_off_that_of_an_earlier_one_as_its_own(tmp_path: Path) -> None:
    *before, own = _earlier(tmp_path, (50.0, 60.0, 70.0))
    steered = replace(own, resilience=None, steered=True)

    chart = resilience((*before, steered), own.run)

    assert chart is not None
    assert chart.words == "2 runs: resilience 60 in the last of them, this run has none, lowest 50"
    assert not any(dot.now for dot in chart.dots)
    usual = resilience((*before, own), own.run)
    assert usual is not None
    assert [dot.now for dot in usual.dots] == [False, False, True]


def test_later_runs_are_not_in_the_trend_of_an_earlier_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db") as store:
        runs = [run(number, journey(step("Buy"))) for number in range(4)]
        keep(store, *runs)

        assert [one.run for one in leading_to(store, runs[2])] == [one.id for one in runs[:3]]
        assert [one.run for one in leading_to(store, runs[2], limit=2)] == [one.id for one in runs[1:3]]


def test_reports_show_the_trend_and_the_gate_the_same_each_time(tmp_path: Path) -> None:
    rule = RuleResult(rule="ratchet", passed=False, words="1 cell green on main and red now", cells=("Buy < now",))
    whole = replace(rich(), gate=GateResult(rules=(rule,), excused=("Pay",)))
    earlier, store = _earlier(tmp_path, (50.0, 60.0)), with_storm_pictures(tmp_path, whole)

    def written() -> dict[str, str]:
        paths = write_reports(store, whole, root=tmp_path, earlier=earlier, single_file=True).paths
        return {name: path.read_text() for name, path in paths.items()}

    first = written()

    assert written() == first
    for page in ("html", "chaos", "html-single", "chaos-single"):
        assert 'id="trend"' in first[page]
        assert "Buy &lt; now" in first[page]
    assert 'class="c-bad"' in first["chaos"]


def test_where_a_single_file_has_no_room_for_all_pictures_it_has_those_of_what_is_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(album, "EMBEDDED", 2)
    whole = plausible()

    made = album.embedded_album(with_pictures(tmp_path, whole), whole, tmp_path)

    red = [one for one in whole.steps if one.status in (Status.FAILED, Status.ERROR) and one.picture]
    assert set(made.shots) == {one.picture.id for one in red[:2] if one.picture}


def test_a_single_file_needs_no_file_beside_it(tmp_path: Path) -> None:
    whole = rich()
    written = write_reports(with_storm_pictures(tmp_path, whole), whole, root=tmp_path, single_file=True)
    assert written.single is not None
    alone = tmp_path / "mail"
    alone.mkdir()
    for name in ("html-single", "chaos-single"):
        (alone / written.paths[name].name).write_bytes(written.paths[name].read_bytes())

    for page in alone.iterdir():
        assert broken_links(page) == []
        assert 'src="data:image/' in page.read_text()
