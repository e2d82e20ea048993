"""Every access defect of the shop is found by its name, alone and among all others; no decoy takes anybody in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from demo_app.catalogue.decoys import ACCESS_DECOYS
from demo_app.defects import BY_NAME, DEFECTS, DefectKind
from stormwalk.access.check import Checked, chosen
from stormwalk.access.results import AccessFinding
from tests.access.shops import check, findings, matrix, names, not_good, started, unnamed

pytestmark = pytest.mark.catalogue

# `audit-link-for-manager` stands in the pages only: `test_walk.py` looks at them.
IN_PAGES = ("audit-link-for-manager",)
WRONG = [one for one in DEFECTS if one.kind is DefectKind.ACCESS and one.name not in IN_PAGES]
WRONG.append(BY_NAME["token-survives-logout"])
DECOYS = [one.name for one in ACCESS_DECOYS]


@dataclass(frozen=True, slots=True)
class Tried:
    """A shop that still runs, and what a check of it found."""

    url: str
    checked: Checked
    found: tuple[AccessFinding, ...]


@pytest.fixture(scope="module")
def everything_wrong() -> Iterator[Tried]:
    """The shop with every access defect at once."""
    with started(*(one.name for one in WRONG), *IN_PAGES) as (shop, _):
        checked = check(shop.url)
        yield Tried(shop.url, checked, findings(checked))


@pytest.mark.parametrize("name", [one.name for one in WRONG])
def test_a_defect_alone_is_found_and_nothing_else(name: str) -> None:
    defect = BY_NAME[name]
    with started(name) as (shop, _):
        checked = check(shop.url)
    found = findings(checked)
    assert unnamed(found, [defect]) == []
    assert [one.title for one in found if names(defect.findings[0], one)], checked.remarks
    places = {place for one in found for place in one.places}
    assert [one for one in not_good(checked) if one.partition(":")[0] not in places] == []


@pytest.mark.parametrize("decoys", [[], *([name] for name in DECOYS), DECOYS], ids=["clean", *DECOYS, "all decoys"])
def test_nothing_is_found_where_nothing_is_wrong(decoys: list[str]) -> None:
    with started(*decoys) as (shop, _):
        checked = check(shop.url)
    assert [one.title for one in findings(checked)] == []
    assert not_good(checked) == []
    assert len(checked.cells) == sum(len(one.expected) for one in matrix().endpoints)
    assert checked.remarks == ()


class TestAllAtOnce:
    def test_none_hides_another(self, everything_wrong: Tried) -> None:
        firsts = {one.name: one.findings[0] for one in WRONG}
        hidden = [one for one, first in firsts.items() if not any(names(first, it) for it in everything_wrong.found)]
        assert hidden == []

    def test_no_finding_is_without_its_defect(self, everything_wrong: Tried) -> None:
        assert unnamed(everything_wrong.found, WRONG) == []

    def test_one_cause_is_one_finding(self, everything_wrong: Tried) -> None:
        ids = [one.id for one in everything_wrong.found]
        assert len(ids) == len(set(ids))
        (dead,) = [one for one in everything_wrong.found if one.rule == "token-after-logout"]
        assert len(dead.places) > 5

    def test_every_finding_shows_itself_again(self, everything_wrong: Tried) -> None:
        """As `replay` does it: only the probes of its rule, at its places, by people who sign in anew."""
        gone = [one.id for one in everything_wrong.found if one.id not in replayed(everything_wrong.url, one)]
        assert gone == []


def replayed(url: str, finding: AccessFinding) -> set[str]:
    endpoints = {place.rpartition(" as ")[0] for place in finding.places}
    again = check(url, wanted=chosen(endpoints, (finding.rule, "over-permission")))
    return {one.id for one in findings(again)}
