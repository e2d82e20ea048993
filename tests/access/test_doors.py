"""A look at closed doors finds them shut in fair weather, and open where the shop fails open."""

from __future__ import annotations

import pytest

from stormwalk.access.doors import closed_doors, tried_doors
from stormwalk.access.results import AccessCell, Verdict
from stormwalk.config import Project, load_project
from stormwalk.redact import Redactor
from tests.demo_app.shop import ROOT, Shop, running_shop

DEFECT = "fails-open-when-permissions-are-down"


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(ROOT / "projects" / "demo.toml")


def tried(project: Project, shop: Shop) -> tuple[AccessCell, ...]:
    return tried_doors(project, shop.url, Redactor(()), "shopper", closed_doors(project, "shopper"))


def test_the_doors_of_fewest_come_first_and_none_of_them_writes(project: Project) -> None:
    doors = closed_doors(project, "shopper")

    assert doors[0] == "GET /api/admin/users"
    assert {"GET /api/admin/audit", "GET /api/reports/sales"} < set(doors)
    assert all(one.startswith("GET ") for one in doors)
    assert closed_doors(project, "nobody") == ()


def test_doors_are_shut_in_fair_weather_and_told_to_be_so(project: Project) -> None:
    with running_shop("--fault-hooks") as (shop, _):
        fair = tried(project, shop)
        shop.json("PUT", "/fault-hooks/permissions", {"fail": True})
        down = tried(project, shop)

    assert [one.endpoint for one in fair] == list(closed_doors(project, "shopper"))
    assert {one.verdict for one in fair} == {Verdict.ENFORCED}
    assert {one.verdict for one in down} == {Verdict.SERVER_ERROR}  # nobody is let in, and nothing is claimed


def test_doors_that_open_under_failure_are_bypassed(project: Project) -> None:
    with running_shop("--fault-hooks", "--defects", DEFECT) as (shop, _):
        fair = tried(project, shop)
        shop.json("PUT", "/fault-hooks/permissions", {"fail": True})
        down = tried(project, shop)

    assert {one.verdict for one in fair} == {Verdict.ENFORCED}
    assert down[0].endpoint == "GET /api/admin/users"
    assert down[0].verdict is Verdict.BYPASSED


def test_an_application_that_is_gone_proves_nothing(project: Project) -> None:
    with running_shop() as (shop, _):
        pass
    assert not [one for one in tried(project, shop) if one.verdict in (Verdict.BYPASSED, Verdict.ENFORCED)]
