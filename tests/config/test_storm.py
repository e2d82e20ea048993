from __future__ import annotations

from pathlib import Path

import pytest

from stormwalk.config import load_project
from stormwalk.config.storm import StormTable
from stormwalk.errors import ProjectFileError

HEAD = 'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n'


def storm(folder: Path, text: str) -> StormTable:
    path = folder / "shop.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_project(path, {}).storm


def test_without_a_word_the_usual_weights_hold(tmp_path: Path) -> None:
    table = storm(tmp_path, "")

    assert sum(table.terms.by_name.values()) == pytest.approx(1.0)
    assert (table.likelihood_of("latency"), table.likelihood_of("lost-reply"), table.likelihood_of("back")) == (3, 2, 1)
    assert table.fail_under is None


def test_weights_that_are_given_stand_above_the_usual_ones(tmp_path: Path) -> None:
    table = storm(tmp_path, "[storm]\nfail_under = 60\nterms.outcome = 1\n[storm.likelihood]\noffline = 9.5\nback = 0")

    assert table.terms.by_name["outcome"] == 1.0
    assert (table.likelihood_of("offline"), table.likelihood_of("back"), table.likelihood_of("latency")) == (9.5, 0, 3)
    assert table.fail_under == 60.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[storm]\nterms.outcome = -1", "storm.terms.outcome: expected a number of at least 0"),
        ("[storm]\nterms.luck = 1", "storm.terms.luck: unknown key; expected one of: outcome"),
        ("[storm]\nfail_under = 101", "storm.fail_under: expected a number of at most 100"),
        ("[storm]\nlikelihood.offline = true", "storm.likelihood.offline: "),
        ("[storm]\nlikelihood.offline = nan", "storm.likelihood.offline: expected a number of at most"),
        (
            "[storm.terms]\noutcome = 0\nrecovery = 0\nfeedback = 0\nperformance = 0\nstability = 0",
            "storm.terms: expected a weight above zero",
        ),
    ],
)
def test_weights_that_make_no_sense_are_told_of(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ProjectFileError, match=problem.replace(".", r"\.")):
        storm(tmp_path, text)
