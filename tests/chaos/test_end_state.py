"""Counting what there is through a session of its own: what was read, what is nothing, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos.end_state import Count, Counter
from stormwalk.config import Actor, Project, load_project
from stormwalk.redact import Redactor
from tests.chaos.harbour import PROJECT, Harbour


@pytest.fixture
def project(harbour: Harbour, tmp_path: Path) -> Project:
    file = tmp_path / "harbour.toml"
    file.write_text(PROJECT.format(url=harbour.url))
    return load_project(file)


@pytest.fixture
def counter(project: Project, harbour: Harbour) -> Iterator[Counter]:
    counter = Counter(project, harbour.url, Redactor(()))
    yield counter
    counter.close()


def count(counter: Counter, *actors: Actor) -> list[Count]:
    return counter.count(actors, lambda work: work())


def sam_and_kim(project: Project) -> tuple[Actor, Actor]:
    return project.actors["sam"], project.actors["kim"]


def counted_by(project: Project, changes: dict[str, Any]) -> Project:
    """The project with another table of its end state."""
    table = project.storm.end_state[0].model_copy(update=changes)
    return project.model_copy(update={"storm": project.storm.model_copy(update={"end_state": (table,)})})


def test_ids_and_amounts_in_their_order(counter: Counter, project: Project, harbour: Harbour) -> None:
    harbour.orders = 2
    assert count(counter, project.actors["sam"]) == [Count(kind="order", ids=("1", "2"), amounts=(100, 100))]
    assert len(count(counter, *sam_and_kim(project))[0].ids) == 4


def test_only_the_role_of_the_table_is_asked(counter: Counter, project: Project, harbour: Harbour) -> None:
    assert count(counter, replace(project.actors["sam"], role="support")) == []
    assert harbour.visits == []


@pytest.mark.parametrize(("status", "found"), [(401, [()]), (404, [()]), (429, []), (500, [])])
def test_no_account_is_nothing_and_no_answer_is_not_known(
    counter: Counter, project: Project, harbour: Harbour, status: int, found: list[tuple[str, ...]]
) -> None:
    harbour.statuses["/api/session"] = status
    assert [one.ids for one in count(counter, project.actors["sam"])] == found


def test_an_application_that_is_gone_has_lost_nothing(project: Project) -> None:
    with Harbour() as gone:
        pass
    counter = Counter(project, gone.url, Redactor(()))
    assert count(counter, project.actors["sam"]) == []
    counter.close()


def test_what_one_has_is_not_what_both_have(project: Project, harbour: Harbour, counter: Counter) -> None:
    sam, kim = sam_and_kim(project)
    count(counter, sam)
    harbour.statuses["/api/session"] = 500  # kim can no longer sign in, and sam is in
    assert len(count(counter, sam)) == 1
    assert count(counter, sam, kim) == []


def test_a_session_that_has_ended_is_begun_again(project: Project, harbour: Harbour, counter: Counter) -> None:
    harbour.answers["/api/basket"] = {"items": [{"id": 5}]}
    told = counted_by(project, {"read": "GET /basket", "items": "items", "amount": None})
    counting = Counter(told, harbour.url, Redactor(()))
    assert count(counting, project.actors["sam"])[0].ids == ("5",)
    harbour.statuses["/api/basket"] = 401
    assert count(counting, project.actors["sam"]) == []
    assert harbour.visits.count(("POST", "/api/session")) == 2
    counting.close()


@pytest.mark.parametrize(
    ("items", "ids", "amounts"),
    [
        pytest.param([{"id": 1, "total": 5}, {"id": 2}], ("1", "2"), (), id="an amount is missing"),
        pytest.param(["a", 3, None], (), (), id="no objects at all"),
        pytest.param([{"total": 5}, {"id": 2, "total": 7}], ("2",), (7,), id="one without an id"),
        pytest.param([{"id": 1, "total": "5"}], ("1",), (), id="an amount that is no number"),
        pytest.param({"id": 1, "total": 5}, ("1",), (5,), id="one that is no list"),
    ],
)
def test_answers_of_all_kinds(
    project: Project, harbour: Harbour, items: Any, ids: tuple[str, ...], amounts: tuple[int, ...]
) -> None:
    harbour.answers["/api/list"] = {"orders": items}
    told = counted_by(project, {"read": "GET /list"})
    counting = Counter(told, harbour.url, Redactor(()))
    assert count(counting, project.actors["sam"]) == [Count(kind="order", ids=ids, amounts=amounts)]
    counting.close()


def test_what_makes_objects_is_known_by_its_call(counter: Counter, harbour: Harbour) -> None:
    made = ("POST", f"{harbour.url}/api/orders", "fetch", "/api/orders")
    assert counter.made_by_any([("GET", "", "fetch", "/api/orders"), made])
    assert not counter.made_by_any([("GET", "", "fetch", "/api/orders")])


def test_paths_may_be_dotted(project: Project, harbour: Harbour) -> None:
    harbour.answers["/api/basket"] = {"data": [{"attributes": {"number": 7, "total": 5}}, {"attributes": {}}]}
    told = counted_by(
        project, {"read": "GET /basket", "items": "data", "id": "attributes.number", "amount": "attributes.total"}
    )
    counting = Counter(told, harbour.url, Redactor(()))

    assert count(counting, project.actors["sam"]) == [Count(kind="order", ids=("7",), amounts=(5,))]
    counting.close()


def test_who_is_locked_out_has_lost_nothing(project: Project, harbour: Harbour) -> None:
    harbour.answers["/api/basket"] = {"items": [{"id": 5}]}
    told = counted_by(project, {"read": "GET /basket", "items": "items", "amount": None})
    counting = Counter(told, harbour.url, Redactor(()))
    assert count(counting, project.actors["sam"])[0].ids == ("5",)
    harbour.statuses["/api/basket"] = harbour.statuses["/api/session"] = 401

    assert count(counting, project.actors["sam"]) == []
    counting.close()
