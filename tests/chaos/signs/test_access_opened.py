from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.scene import Guarded, Scene
from chaos.seen import Control
from chaos.signs.access_opened import AccessOpened
from stormwalk.access.results import AccessCell, Expected, Verdict
from tests.chaos.scenes import BUTTON, CALM, changed, done_look, failed, healed, look, looks, scene

USERS = Control(key="a:9", name="Users", kind="link")
GUARDED = (Guarded(name="Users", role="admin"), Guarded(name="joe@shop.test", role="admin", is_text=True))


def probed(verdict: Verdict, *endpoints: str) -> tuple[AccessCell, ...]:
    return tuple(
        AccessCell(endpoint=one, role="shopper", expected=Expected.DENY, verdict=verdict)
        for one in endpoints or ("GET /api/users",)
    )


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(calls=(failed("GET /api/me"),), looks=looks(1, controls=(BUTTON, USERS)), guarded=GUARDED),
            'a control of the role admin is shown: "Users"',
            id="a link of a higher role",
        ),
        pytest.param(
            scene(looks=(look(1, controls=(USERS,)), look(2)), guarded=GUARDED), "role admin", id="only for a moment"
        ),
        pytest.param(
            scene(looks=looks(1, text="joe@shop.test"), guarded=GUARDED),
            "data of the role admin",
            id="data of a higher role",
        ),
        pytest.param(
            scene(healed=healed(state=look(30, controls=(USERS,))), guarded=GUARDED), "role admin", id="after recovery"
        ),
        pytest.param(scene(api_cells=probed(Verdict.BYPASSED)), "GET /api/users lets shopper in", id="the API lets in"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = AccessOpened().check(seen)

    assert found
    assert {one.sign for one in found} == {"access-opened"}
    assert words in found[0].words


def test_doors_that_open_at_once_are_one_trouble() -> None:
    (found,) = AccessOpened().check(scene(api_cells=probed(Verdict.BYPASSED, "GET /api/users", "GET /api/audit")))

    assert found.call == "GET /api/users"
    assert found.words == "GET /api/users and 1 more let shopper in under the fault"
    assert any("GET /api/audit" in one for one in found.evidence)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=(failed("GET /api/me"),), guarded=GUARDED), id="as always"),
        pytest.param(
            scene(
                looks=looks(1, controls=(USERS,)),
                control=changed(CALM, looks=(done_look(controls=(USERS,)),)),
                guarded=GUARDED,
            ),
            id="shown in calm as well: found elsewhere",
        ),
        pytest.param(
            scene(
                looks=looks(1, controls=(replace(USERS, name="Refund order 1011"),)),
                control=changed(CALM, looks=(done_look(controls=(replace(USERS, name="Refund order 1009"),)),)),
                guarded=(Guarded(name="Refund order 1011", role="support"),),
            ),
            id="shown in calm as well, for another order",
        ),
        pytest.param(scene(api_cells=probed(Verdict.ENFORCED)), id="refused by the API"),
        pytest.param(scene(api_cells=probed(Verdict.SERVER_ERROR)), id="a server error opens nothing"),
        pytest.param(scene(looks=(), guarded=GUARDED), id="nobody could look"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert AccessOpened().check(seen) == ()
