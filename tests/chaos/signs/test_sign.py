"""All signs together: one file each, one registry, and silence where nothing is wrong."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from chaos.scene import Scene
from chaos.seen import MessageKind
from chaos.signs import check_all, signs
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble
from tests.chaos import scenes as stage

NAMES = [
    "access-opened",
    "blank-page",
    "duplicate-order",
    "endless-spinner",
    "false-success",
    "input-lost",
    "layout-broken",
    "leaked-internals",
    "lost-order",
    "not-recovered",
    "retry-storm",
    "session-lost",
    "silent-failure",
    "stuck-control",
    "uncaught-exception",
    "untold-order",
    "wrong-total",
]
GATES = {"duplicate-order", "lost-order", "false-success", "access-opened", "leaked-internals", "wrong-total"}


def test_every_sign_is_there_and_says_what_it_is() -> None:
    assert list(signs()) == NAMES
    assert {name for name, kind in signs().items() if kind.gates} == GATES
    assert all(len(kind.about) > 20 and isinstance(kind.severity, Severity) for kind in signs().values())


def test_two_signs_of_one_name_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="two signs of trouble are called 'blank-page'"):

        class Second(Sign):
            name = "blank-page"

            def check(self, seen: Scene) -> tuple[Trouble, ...]:
                return ()


def slow_but_busy() -> Scene:
    busy = stage.looks(0.5, 2.0, 4.0, busy_marks=("button[busy]",))
    return stage.scene(
        done=True,
        looks=(*busy, stage.done_look(9.0)),
        calls=(stage.call(took=8.5, fault="latency", server_status=200),),
        messages=(stage.said("Placing order…", kind=MessageKind.STATUS), stage.said("Order 18 is confirmed.", 8.8)),
    )


def rolled_back() -> Scene:
    optimistic = stage.said("Saved.", 0.1, MessageKind.STATUS)
    return stage.scene(calls=(stage.failed(),), messages=(optimistic, stage.TOLD), objects=(stage.orders(),))


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(stage.scene(stage.CALM), id="calm"),
        pytest.param(stage.scene(stage.CALM, controls=()), id="calm, without a control"),
        pytest.param(slow_but_busy(), id="slow but busy"),
        pytest.param(rolled_back(), id="an optimistic update that is taken back"),
        pytest.param(
            stage.scene(calls=(stage.failed(),), messages=(stage.TOLD,), objects=(stage.orders(),)), id="a safe stop"
        ),
        pytest.param(
            stage.scene(done=True, looks=(stage.done_look(),), calls=(stage.failed("GET /lamp.png", kind="image"),)),
            id="one failed picture",
        ),
        pytest.param(stage.scene(looks=(), before=None), id="nobody could look"),
    ],
)
def test_where_nothing_is_wrong_no_sign_says_anything(seen: Scene) -> None:
    assert check_all(seen) == ()


def test_trouble_comes_worst_first_and_names_its_step() -> None:
    seen = stage.scene(
        calls=(stage.failed(),), console=(stage.thrown(),), messages=(stage.CONFIRMED,), objects=(stage.orders(),)
    )
    found = check_all(seen)

    assert [one.sign for one in found] == ["false-success", "uncaught-exception"]
    assert {one.step for one in found} == {"Place the order"}
    assert found == check_all(seen)


def test_long_evidence_is_cut() -> None:
    seen = stage.scene(console=[stage.thrown(f"Error: {chr(97 + n)}") for n in range(20)])
    (found,) = signs()["uncaught-exception"]().check(seen)

    assert len(found.evidence) == 9
    assert found.evidence[-1] == "… and 12 more"


def test_scenes_and_troubles_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        stage.scene().step = "x"  # type: ignore[misc]
