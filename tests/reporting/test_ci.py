from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.access.results import Access
from stormwalk.errors import UsageError
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Run, Status
from stormwalk.reporting.album import Album
from stormwalk.reporting.ci import MOST_ANNOTATIONS, SUMMARY_VARIABLE, annotations_of, write_summary
from stormwalk.reporting.console import summary
from stormwalk.reporting.markdown import MarkdownReport, escaped
from tests.reporting.access_samples import everything, with_access
from tests.reporting.samples import STOP, journey, plausible, run, step, variants
from tests.reporting.storm_runs import judged, only_storms, rich, unjudged

GITHUB = {"GITHUB_ACTIONS": "true"}
GREEN = run(journey(step()), exit_code=1)
RED_GATE = GateResult(rules=(RuleResult(rule="ratchet", passed=False, words="1 cell", cells=("Buy",)),))
HOSTILE = "x\n::set-output name=a::b\r\n<img src=x onerror=alert(1)> [l](http://evil) @all `c` | *b* 100%,file=a"


def _failed(reason: str, steps: int = 1) -> object:
    return run(journey(*(step(n, reason, Status.FAILED, reason=reason) for n in range(1, steps + 1)), title=reason))


def test_the_summary_says_what_went_wrong() -> None:
    text = MarkdownReport().render(plausible(), Album())

    assert text.startswith("## Web2 Application: Partial Failure\n")
    assert "**failed** A shopper buys > Place the order" in text
    assert "| Steps |" in text


def test_the_summary_tells_of_storms_access_and_the_gate() -> None:
    rule = RuleResult(rule="ratchet", passed=False, words="1 cell green on main and red now", cells=("Buy",))
    text = MarkdownReport().render(replace(rich(), gate=GateResult(rules=(rule,))), Album())

    assert "### Quality gate failed: ratchet" in text
    assert "- ratchet: **failed**, 1 cell green on main and red now\n  - Buy" in text
    assert "### What the storms showed" in text
    assert "### Who may do what" in MarkdownReport().render(with_access(everything()), Album())


@pytest.mark.parametrize(
    ("whole", "verdict"),
    [
        (replace(GREEN, gate=RED_GATE), "Failed (the gate: ratchet)"),
        (GREEN, "Failed (a test beside the journeys)"),
        (replace(GREEN, exit_code=0), "Passed"),
        (rich(), "Passed in fair weather, resilience Weak"),
        (
            replace(unjudged(), finished_at=9e9, exit_code=2),
            "Passed in fair weather, the storms were not judged (could not be tested in full)",
        ),
        (replace(GREEN, exit_code=2), "Passed (could not be tested in full)"),
        (run(journey(step()), interrupted=True), "Partial Failure (the run was interrupted)"),
        (run(journey(step()), finished_at=None), "Passed (so far: the run has not finished, or was killed)"),
        (run(journey(step()), requests=(STOP,)), "Passed (stopped by hand: what had not begun by then was not walked)"),
        (
            replace(only_storms(), interrupted=True),
            "no journey was walked in fair weather, resilience Weak (the run was interrupted)",
        ),
    ],
    ids=["gate", "beside", "green", "weak", "unjudged", "open", "interrupted", "killed", "stopped", "only storms"],
)
def test_the_summary_says_in_its_first_line_how_the_run_ended(whole: Run, verdict: str) -> None:
    assert MarkdownReport().render(whole, Album()).startswith(f"## Web2 Application: {verdict}\n")


def test_the_summary_has_the_word_for_the_storms_and_why() -> None:
    text = MarkdownReport().render(rich(), Album())

    assert "| Resilience | Weak: " in text
    assert "- The gate failed, and no score outweighs it:" in text


def test_the_summary_says_that_storms_count_for_nothing() -> None:
    assert "nothing in it counts" in MarkdownReport().render(judged(steered=True), Album())
    assert "| Resilience | the storms were not judged |" in MarkdownReport().render(unjudged(), Album())


def test_the_summary_says_where_an_access_check_covers_less_than_it_should() -> None:
    text = MarkdownReport().render(with_access(Access()), Album())

    assert "- The access check did not come to its end: what it had found until then is shown." in text


@pytest.mark.parametrize("address", ["www.evil.example", "WWW.evil.example", "me@evil.example", "xmpp:me@evil.example"])
def test_an_address_in_words_becomes_no_link(address: str) -> None:
    shown = escaped(f"see {address}, and go")

    assert "www." not in shown.lower()
    assert "@" not in shown
    assert "&#64;evil" not in shown


def test_what_a_page_says_is_text_in_markdown() -> None:
    shown = escaped(HOSTILE)

    assert "\n" not in shown
    assert "<" not in shown
    assert "@" not in shown
    assert "\\[l\\]\\(http:&#47;&#47;evil\\)" in shown
    assert "\\|" in shown


def test_the_summary_is_written_where_one_asks_or_appended_where_the_server_says(tmp_path: Path) -> None:
    asked, told = tmp_path / "a" / "mine.md", tmp_path / "github.md"
    told.write_text("before\n")

    write_summary(plausible(), asked, {SUMMARY_VARIABLE: str(told)})
    assert told.read_text() == "before\n"
    write_summary(plausible(), None, {SUMMARY_VARIABLE: str(told)})
    assert told.read_text() == f"before\n{asked.read_text()}"
    write_summary(plausible(), None, {})


def test_a_summary_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="summary cannot be written"):
        write_summary(plausible(), tmp_path, {})


def test_journeys_with_other_parameters_are_told_apart() -> None:
    assert "A shopper buys \\[fr\\] > Pay" in MarkdownReport().render(variants(), Album())
    assert "title=A shopper buys [fr]%3A Pay::" in annotations_of(variants(), GITHUB)[0]
    assert "FAILED  A shopper buys [fr]: step 1, Pay" in summary(variants())


def test_annotations_are_made_on_github_alone() -> None:
    assert annotations_of(plausible(), {}) == []

    lines = annotations_of(plausible(), GITHUB)
    assert lines[0].startswith("::error file=journeys/test_shopper.py,title=A shopper buys%3A Place the order::")
    assert any(line.startswith("::warning file=journeys/test_manager.py") for line in lines)


def test_what_a_page_says_can_not_give_a_command() -> None:
    lines = annotations_of(_failed(HOSTILE), GITHUB)  # type: ignore[arg-type]

    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert "\r" not in lines[0]
    properties = lines[0].split("title=")[1].split("::")[0]
    assert "," not in properties


def test_a_storm_that_somebody_steered_is_no_annotation() -> None:
    assert annotations_of(judged(steered=True), GITHUB) == [
        one for one in annotations_of(judged(), GITHUB) if not one.startswith("::error title=")
    ]
    assert any(one.startswith("::error title=") for one in annotations_of(judged(), GITHUB))


def test_not_more_annotations_than_are_shown() -> None:
    assert len(annotations_of(_failed("no", 30), GITHUB)) == MOST_ANNOTATIONS  # type: ignore[arg-type]
    assert annotations_of(rich(), GITHUB)[0].startswith("::error title=critical%3A ")
