"""What only a walk through the pages can show: what is shown and refused, and what is hidden and allowed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from demo_app.catalogue.decoys import ACCESS_DECOYS
from demo_app.defects import BY_NAME
from stormwalk.access.results import Access, AccessFinding
from tests.access.shops import names, unnamed
from tests.demo_app.shop import Shop, running_shop
from tests.journeys.walking import KEY, Walk, copy_journeys, environment, walk, walk_at

pytestmark = pytest.mark.catalogue

DEFECTS = ("audit-link-for-manager", "refund-open-to-manager", "cross-user-order-read", "settings-in-page")


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_shop("--defects", ",".join(DEFECTS), **KEY) as (shop, _):
        yield shop


@pytest.fixture(scope="module")
def walked(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    root = tmp_path_factory.mktemp("pages")
    copy_journeys(root)
    return walk_at(shop.url, root, "journeys/test_role_access.py", "-k", "pages", cwd=root)


def access(walk: Walk) -> Access:
    assert walk.run.access is not None, walk.console[-3000:]
    return walk.run.access


def found(walk: Walk, entry: str) -> AccessFinding:
    (finding,) = [one for one in access(walk).findings if names(entry, one)]
    return finding


def test_each_is_found_by_its_name_and_nothing_else(walked: Walk) -> None:
    assert walked.exit_code == 1
    defects = [BY_NAME[name] for name in DEFECTS]
    assert unnamed(access(walked).findings, defects) == []
    for defect in defects:
        assert found(walked, defect.findings[0]).places


def test_what_no_page_offers_and_the_api_allows_is_called_so(walked: Walk) -> None:
    assert found(walked, "over-permission POST /api/orders/{id}/refund").parity == "hidden but allowed"


def test_what_a_page_offers_and_the_api_refuses_is_called_so(walked: Walk) -> None:
    finding = found(walked, "shown-but-denied GET /api/admin/audit")
    assert finding.parity == "shown but denied"
    assert finding.places == ("GET /api/admin/audit as manager",)
    assert "Audit trail" in finding.title


def test_every_page_is_a_cell_of_each_role(walked: Walk) -> None:
    pages = [one for one in access(walked).cells if one.endpoint.startswith("PAGE ")]
    assert len(pages) == 16 * 5
    places = {place for finding in access(walked).findings for place in finding.places}
    assert [one.place for one in pages if not one.verdict.is_good and one.place not in places] == []


def test_what_the_pages_show_is_shown_again_by_its_id(walked: Walk, shop: Shop) -> None:
    finding = found(walked, "shown-but-denied GET /api/admin/audit")
    options = ["--project", "demo.toml", "--store", "walk.db", "--base-url", shop.url]
    command = [sys.executable, "-m", "stormwalk", "access", "replay", finding.id, *options]
    done = subprocess.run(command, cwd=walked.root, env=environment(), capture_output=True, text=True, timeout=240)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"still there: {finding.title}" in done.stdout


def test_no_decoy_takes_the_walk_in(tmp_path_factory: pytest.TempPathFactory) -> None:
    decoys = ",".join(one.name for one in ACCESS_DECOYS)
    arguments = ("journeys/test_role_access.py", "-k", "pages")
    dressed = walk(tmp_path_factory.mktemp("decoys"), *arguments, defects=decoys)
    assert [one.title for one in access(dressed).findings] == []
    assert [one.place for one in access(dressed).cells if not one.verdict.is_good] == []
    assert dressed.exit_code == 0, dressed.console[-3000:]
