"""The fixtures for journeys: who walks, in a browser of their own and with an API client of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page

from stormwalk.api import ApiClient
from stormwalk.config import Actor, Project
from stormwalk.errors import UsageError
from stormwalk.workbench import Workbench

WORKBENCH = pytest.StashKey[Workbench]()


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who walks: a page in a browser context of their own, and an API client. `actor` is None for visitors."""

    page: Page
    api: ApiClient
    actor: Actor | None = None

    @property
    def account(self) -> Actor:
        """The actor. Raises UsageError for a visitor, who has no account."""
        if self.actor is None:
            raise UsageError("a visitor has no account; walk_as(NAME) gives somebody who has one")
        return self.actor


def workbench(config: pytest.Config) -> Workbench:
    """The workbench of this process. Raises UsageError where no project is named."""
    bench = config.stash.get(WORKBENCH, None)
    if bench is None:
        raise UsageError(
            "this test needs a Stormwalk project: name one with --project FILE or the ini value stormwalk_project,"
            " and see that stormwalk_journeys, if it is set, contains this test"
        )
    return bench


@pytest.fixture(scope="session")
def project(pytestconfig: pytest.Config) -> Project:
    """The project file, validated."""
    return workbench(pytestconfig).project


@pytest.fixture
def api_as(pytestconfig: pytest.Config) -> Iterator[Callable[[Actor | None, Page], ApiClient]]:
    """Makes the API client of an actor, or of nobody; its calls are recorded with the step in which they are made."""
    bench = workbench(pytestconfig)
    clients: list[ApiClient] = []

    def make(actor: Actor | None, page: Page) -> ApiClient:
        client = ApiClient(
            bench.project,
            bench.ticket.base_url,
            actor,
            on_call=bench.api_call,
            redactor=bench.redactor,
            run=lambda work: bench.pumped(work, page),
        )
        clients.append(client)
        bench.weather.client_came(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def visitor(
    project: Project,  # first, so that where there is none no browser is started to say so
    page: Page,
    api_as: Callable[[Actor | None, Page], ApiClient],
    pytestconfig: pytest.Config,
) -> Walker:
    """Somebody without an account, or who has yet to sign up."""
    return _introduced(workbench(pytestconfig), Walker(page, api_as(None, page)))


@pytest.fixture
def walk_as(
    project: Project,
    new_context: Callable[[], BrowserContext],
    api_as: Callable[[Actor | None, Page], ApiClient],
    pytestconfig: pytest.Config,
) -> Callable[[str | Actor], Walker]:
    """`walk_as("sam")` gives an actor of the project file a browser of their own. They are not signed in yet.

    It also takes an `Actor` that was made for the journey, such as somebody who is about to sign up.
    """

    def walk(who: str | Actor) -> Walker:
        actor = who if isinstance(who, Actor) else project.actors.get(who)
        if actor is None:
            others = ", ".join(sorted(project.actors)) or "none yet: add one under [roles.NAME.actors]"
            raise UsageError(f"{project.file} has no actor {who!r}; it has {others}")
        page = new_context().new_page()
        return _introduced(workbench(pytestconfig), Walker(page, api_as(actor, page), actor))

    return walk


def _introduced(bench: Workbench, walker: Walker) -> Walker:
    name, role = (walker.actor.name, walker.actor.role) if walker.actor else ("visitor", "anonymous")
    if bench.recorder is not None:
        bench.recorder.belongs_to(walker.page.context, name, role)
    bench.weather.somebody_came(walker.page, walker.actor)
    return walker
