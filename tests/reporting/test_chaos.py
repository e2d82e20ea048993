"""The chaos report beside the others: when there is one, what it links, and what it says."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.model import Run
from stormwalk.reporting import Written, write_reports
from stormwalk.reporting.album import Album
from stormwalk.reporting.chaos_page import chaos_page
from stormwalk.reporting.pages import breakable
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import Healing
from tests.reporting.links import broken_links, links
from tests.reporting.samples import FakeStore, plausible
from tests.reporting.storm_hostile import hostile
from tests.reporting.storm_runs import calm, empty, judged, rich, steered, unjudged, with_storm_pictures
from tests.reporting.storm_verdicts import judgement


def written(root: Path, whole: Run) -> Written:
    return write_reports(with_storm_pictures(root, whole), whole, root=root)


def page(root: Path, whole: Run) -> str:
    path = write_reports(FakeStore(), whole, root=root).chaos
    assert path is not None
    return path.read_text(encoding="utf-8")


def test_a_normal_run_has_no_chaos_report(tmp_path: Path) -> None:
    reports = write_reports(FakeStore(), plausible(), root=tmp_path)
    assert reports.chaos is None
    assert not list(tmp_path.rglob("chaos.html"))
    assert "chaos" not in reports.html.read_text().lower()


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    reports = written(tmp_path, rich())
    assert reports.chaos is not None
    for path in (reports.html, reports.chaos, reports.gallery):
        assert broken_links(path) == []
    assert "chaos.html" in links(reports.html)
    assert "report.html" in links(reports.chaos)


def test_anchors_of_the_other_page_are_there(tmp_path: Path) -> None:
    reports = written(tmp_path, rich())
    assert reports.chaos is not None
    journeys, storms = reports.html.read_text(), reports.chaos.read_text()
    for text, other, name in ((storms, journeys, "report.html#"), (journeys, storms, "chaos.html#")):
        anchors = {part.partition('"')[0] for part in text.split(f'href="{name}')[1:]}
        assert anchors
        assert [one for one in anchors if f' id="{one}"' not in other] == []


def test_the_folder_can_be_mailed_with_the_pictures_of_the_findings_in_full(tmp_path: Path) -> None:
    reports = written(tmp_path, rich())
    mailed = tmp_path / "mail"
    shutil.copytree(reports.folder, mailed)
    shown = [link for link in links(mailed / "chaos.html") if link.endswith(".jpg")]
    assert len(set(shown)) == 12
    assert all(link.startswith("evidence/") and (mailed / link).stat().st_size > 10_000 for link in shown)
    kept = {path.name for path in (mailed / "evidence").rglob("*.jpg")}
    assert len(list((mailed / "evidence").rglob("*.jpg"))) == 12, kept


def test_the_pair_of_a_finding_is_before_the_fault_and_what_the_user_saw(tmp_path: Path) -> None:
    reports = written(tmp_path, rich())
    assert reports.chaos is not None
    text = reports.chaos.read_text()
    article = text[text.index("Retrying after a lost reply") :]
    article = article[: article.index("</article>")]
    before, after = "test_shopper-lost-reply/05-place-the-order.jpg", "test_shopper-lost-reply/05-place-the-order1.jpg"
    assert article.index(before) < article.index("before the fault</span>") < article.index(after)
    assert "what the user saw: lost-reply" in article
    assert "pytest journeys/test_shopper.py --chaos-plan lost-reply --chaos-seed 20417 -k lost-reply" in article


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (rich(), "Resilience: Weak"),
        (rich(), "84 of 100, before the gate"),
        (rich(), "The gate failed, and no score outweighs it: duplicate-order (1), access-opened (1)."),
        (rich(), "made by a service worker"),
        (rich(), "a browser&#39;s QUIC cannot be reached"),
        (rich(), "python -m chaos judge 20261122-101503-7f3a"),
        (calm(), "Resilience: Strong"),
        (calm(), "No step had to be healed."),
        (calm(), "96 of 100"),
        (empty(), "Resilience: Inconclusive"),
        (empty(), "Nothing was measured."),
        (empty(), "No experiment was made."),
        (unjudged(), "19 journeys had begun under a plan when the run ended."),
        (judged(fail_under=90.0), "A score of 90 is asked for, and it is 84.3."),
        (judged(steered=True), "Rules were switched by hand"),
        (judged(controls_failed=("A shopper buys",)), "1 failed"),
    ],
)
def test_what_it_says(tmp_path: Path, whole: Run, words: str) -> None:
    assert words in page(tmp_path, whole)


def test_a_step_that_was_healed_in_one_walk_of_two_reads_as_the_other() -> None:
    step = "Place the order"
    broken = next(one for one in judgement().experiments if any(cell.step == step for cell in one.cells))
    healings = (Healing(step=step, rung=Recovery.NOT_RECOVERED), Healing(step=step, rung=Recovery.ALONE))
    only = replace(broken, healings=healings)

    told = chaos_page(judged(experiments=(only,)), replace(judgement(), experiments=(only,)), Album())

    assert {row.recovered for row in told.cells if row.cell.step == step} == {"not recovered"}


def test_of_a_storm_that_was_steered_no_figure_is_told(tmp_path: Path) -> None:
    """They are thrown away: a nought would say that no reply was late and that no step had to be healed."""
    text = page(tmp_path, steered())

    assert "Rules were switched by hand" in text
    for figure in (
        "no reply was delayed",
        "Timeouts",
        "No step had to be healed",
        "Nothing was measured",
        "Coverage</dt>",
    ):
        assert figure not in text


def test_where_nothing_was_walked_no_step_is_said_to_have_been_done(tmp_path: Path) -> None:
    assert "Each one was done under its fault" not in page(tmp_path, empty())
    assert "Each one was done under its fault" in page(tmp_path, calm())


def test_no_link_leads_to_an_experiment_beyond_those_that_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormwalk.reporting.chaos_page.EXPERIMENTS", 3)

    text = page(tmp_path, rich())

    assert 'href="#x3"' in text
    assert [one for one in re.findall(r'href="#(x\d+)"', text) if f'id="{one}"' not in text] == []


def test_a_finding_without_pictures_says_so(tmp_path: Path) -> None:
    found = tuple(replace(one, before="", after="gone", journey_key="") for one in judgement().findings)
    assert page(tmp_path, judged(findings=found)).count("no picture</span>") == 12
    assert page(tmp_path, rich()).count("picture removed") == 12


def test_many_findings_are_cut_and_counted(tmp_path: Path) -> None:
    text = page(tmp_path, judged(findings=judgement().findings * 9))
    assert text.count('<article class="sf') == 40
    assert "14 more findings" in text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202e\x1b[2J", "{{ 7 * 7 }}", "\ud800\x00", "'\"><b>"])
def test_hostile_words_stay_words(tmp_path: Path, text: str) -> None:
    reports = write_reports(FakeStore(), hostile(text), root=tmp_path)
    assert reports.chaos is not None
    for path in (reports.html, reports.chaos, reports.gallery):
        said = path.read_text(encoding="utf-8")
        assert text not in said or text == "{{ 7 * 7 }}"
        assert "\x1b" not in said
        assert said.count("<script") == 2


def test_storm_walks_stand_below_their_experiment_and_fair_weather_in_full(tmp_path: Path) -> None:
    text = write_reports(FakeStore(), rich(), root=tmp_path).html.read_text()
    fair, storms = text.index('id="journeys"'), text.index('id="storms"')
    assert fair < storms
    assert text[fair:storms].count('<details class="panel jr') == 6
    assert text[storms:].count('<details class="panel jr ex') == 16
    assert "latency on GET /api/products, +503 ms" in text[storms:]
    assert "What went wrong" not in text, "what failed under a storm is no failure of the application"
    assert "33 of 33 steps passed in 6 journeys in fair weather." in text


def test_the_gallery_shows_the_moments_of_a_storm(tmp_path: Path) -> None:
    text = written(tmp_path, rich()).gallery.read_text()
    assert "149 pictures of 25 journeys" in text
    assert text.index("What the storms showed") < text.index("control 1")
    for moment in ("before the fault", "worst moment", "after recovery"):
        assert moment in text


def test_no_link_leads_to_a_walk_that_the_other_page_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormwalk.reporting.chaos_page.WALKS", 2)
    monkeypatch.setattr("stormwalk.reporting.chaos_page.EXPERIMENTS", 3)

    reports = write_reports(FakeStore(), rich(), root=tmp_path)

    assert reports.chaos is not None
    journeys, storms = reports.html.read_text(), reports.chaos.read_text()
    for text, other, name in ((storms, journeys, "report.html#"), (journeys, storms, "chaos.html#")):
        anchors = {part.partition('"')[0] for part in text.split(f'href="{name}')[1:]}
        assert anchors
        assert [one for one in anchors if f' id="{one}"' not in other] == []
    assert "1 walk in report.json" in storms
    assert "17 more walks in report.json" in journeys


def test_experiments_of_a_journey_with_other_parameters_are_told_apart(tmp_path: Path) -> None:
    whole = judgement()
    named = tuple(replace(one, journey=f"{one.journey.partition('[')[0]}[de]") for one in whole.experiments)

    reports = write_reports(FakeStore(), judged(experiments=named), root=tmp_path)

    assert reports.chaos is not None
    titled = re.escape(named[0].full_title)
    assert named[0].full_title != named[0].title
    for path in (reports.html, reports.chaos):
        assert re.search(f"<h3>{titled}</h3>", path.read_text())
    assert re.search(f"<a href=.#x.+.>{titled}</a>", reports.chaos.read_text()), "proof of delivery"


def test_controls_bear_the_numbers_of_their_tests(tmp_path: Path) -> None:
    text = page(tmp_path, rich()) + write_reports(FakeStore(), rich(), root=tmp_path).html.read_text()

    assert [f"control {number}" in text for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_weights_of_faults_are_no_terms_of_the_score(tmp_path: Path) -> None:
    score = replace(judgement().score, weights=(("outcome", 0.35), ("latency", 3.0), ("offline", 2.0)))

    text = page(tmp_path, judged(score=score))

    assert "<dt>outcome</dt><dd>0.35</dd>" in text
    assert "<dt>Weight of faults</dt><dd>latency <b>3</b>, offline <b>2</b></dd>" in text


def test_a_path_breaks_after_a_slash_and_stays_text(tmp_path: Path) -> None:
    assert "POST /api/<wbr>basket/<wbr>items" in page(tmp_path, rich())
    assert breakable('GET /<b>/"x', 20) == "GET /&lt;b&gt;/<wbr>&#34;x"
