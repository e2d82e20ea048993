"""What a terminal shows of a run of storms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.reporting.console import summary
from stormwalk.reporting.storm_console import storm_blocks
from stormwalk.reporting.style import Style
from stormwalk.storm_judgement import StormVerdict
from tests.reporting.samples import journey, plausible, run, step
from tests.reporting.storm_hostile import hostile
from tests.reporting.storm_runs import calm, empty, judged, rich, steered, unjudged
from tests.reporting.storm_verdicts import judgement


def test_the_summary_of_a_storm_stands_below_that_of_fair_weather() -> None:
    one = replace(judgement().findings[1], before="", reproduced=1, tried=1)
    text = summary(judged(findings=(one,)), Path("reports/x/report.html"))
    assert text == (
        """\
Project: Web2 Application

Journeys in Fair Weather: 6
Total Steps: 33
Passed: 33
Failed: 0
Errors: 0
Skipped: 0

APIs executed: 33 (9 endpoints), 33 passed, 0 failed
Role Validation: not checked

Overall Flow Status: Passed

Chaos Mode Enabled
Injected Latency: 0 to 2000ms

Timeouts: 2
Delayed Responses: 33
Failed Transactions: 1
Response Degradation: +212 % (+182 to +240 %; 980 ms against 314 ms)
API Failure Behaviour:
    POST /api/orders answered 503 (3), failed with net::ERR_FAILED (1): stuck 1, corrupt 1
    GET /api/reports/sales answered 503 (1): degraded silently 1
Recovery: alone 4, retry 2, reload 0, new login 1, not recovered 1

System Resilience Status: Weak (84 of 100 before the gate; 63 of 65 cells judged; 81 to 96 % of cells reach 60 points)
    The gate failed, and no score outweighs it: duplicate-order (1), access-opened (1).

✗ CRITICAL  The page opens what is for administrators while permissions fail (leak)
    While the permission call failed, the page offered what only an administrator may do.
    step: Change a price, PATCH /api/products/{id}
    shown by: A manager changes a price under rate-limited
    proof: PATCH /api/products/{id} was answered 201, and the answer was lost after 96 ms
    proof: the page shows “Try again” at 5.0 s
    after: screenshots/20261122-101503-7f3a/test_manager-rate-limited/02-change-a-price1.jpg
    replay: pytest journeys/test_manager.py --chaos-plan rate-limited --chaos-seed 20417 -k rate-limited

! INCONCLUSIVE  A shopper buys under broken-assets: no fault was applied
Skipped, since the plan strikes nothing there: A manager changes a price under broken-assets
Blind spots, which no rule can reach: redirect hop (4 calls)

Chaos report: reports/x/chaos.html

Report: reports/x/report.html
"""
    )


def test_of_a_storm_that_was_steered_no_figure_is_told() -> None:
    """They are thrown away: a nought would say that no reply was late and that nothing timed out."""
    text = "\n".join(storm_blocks(steered()))

    assert text.startswith("Chaos Mode Enabled\nNo figures: rules were switched by hand while the run was under way.\n")
    assert "Timeouts" not in text
    assert "System Resilience Status: Inconclusive" in text


def test_a_storm_in_which_all_held_is_told_in_its_figures_alone() -> None:
    blocks = storm_blocks(calm(), Path("chaos.html"))
    assert [block.splitlines()[0] for block in blocks] == [
        "Chaos Mode Enabled",
        "System Resilience Status: Strong (96 of 100; 65 of 65 cells judged; 93 to 100 % of cells reach 60 points)",
        "Chaos report: chaos.html",
    ]
    assert "API Failure Behaviour: no call of the API failed" in blocks[0]


def test_the_latency_of_the_seed_is_written_as_the_seed_has_it() -> None:
    figures = replace(judgement().figures, injected="500ms")
    assert "Chaos Mode Enabled\nInjected Latency: 500ms\n\nTimeouts: 2\n" in summary(judged(figures=figures))


def test_findings_seen_in_some_of_several_walks_say_so() -> None:
    assert "shown by: A shopper buys under lost-reply; seen in 2 of 3 walks" in summary(rich())


def test_only_so_many_findings_and_open_experiments_are_listed() -> None:
    one, made = judgement().findings[0], judgement().experiments[0]
    still = replace(made, verdict=StormVerdict.INCONCLUSIVE, reason="no fault was applied")
    text = summary(judged(findings=(one,) * 23, experiments=(still,) * 11))
    assert text.count("✗ CRITICAL") == 20
    assert "and 3 more findings in the chaos report" in text
    assert text.count("INCONCLUSIVE  ") == 8
    assert "and 3 more inconclusive experiments in the chaos report" in text


def test_a_storm_that_was_not_judged_says_so() -> None:
    text = summary(unjudged())
    assert (
        "Chaos Mode Enabled\nThe storm was not judged: 19 journeys had begun under a plan when the run ended.\n" in text
    )


def test_a_run_of_nothing_but_storms_claims_nothing_of_the_functions() -> None:
    whole = rich()
    text = summary(replace(whole, journeys=whole.storm_walks))
    assert "Journeys in Fair Weather: 0\nTotal Steps: 0\n" in text
    assert "Overall Flow Status: not checked (no journey was walked in fair weather)" in text


def test_nothing_changes_for_a_normal_run() -> None:
    for whole in (plausible(), run(), run(journey(step()))):
        assert "Chaos" not in summary(whole, Path("report.html"))
        assert "Weather" not in summary(whole, Path("report.html"))


def test_a_judgement_on_nothing_can_be_told() -> None:
    assert "System Resilience Status: Inconclusive (no score; 0 of 0 cells judged)\n    No cell counts." in summary(
        empty()
    )


@pytest.mark.parametrize("text", ["\x1b[2J\x1b[31mboom\nsecond", "\u202e\x00\ud800", "W" * 5000])
def test_hostile_words_neither_move_the_cursor_nor_flood_the_screen(text: str) -> None:
    said = summary(hostile(text), Path("report.html"))
    assert "\x1b" not in said
    assert "\nsecond" not in said
    assert len(said) < 12_000


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_the_stream_cannot_carry_is_written_otherwise(encoding: str) -> None:
    summary(rich(), Path("report.html"), Style(encoding=encoding)).encode(encoding)


def test_the_status_has_its_colour() -> None:
    assert "\x1b[1;31mWeak\x1b[0m" in summary(rich(), style=Style(colour=True))
    assert "\x1b[1;32mStrong\x1b[0m" in summary(calm(), style=Style(colour=True))
