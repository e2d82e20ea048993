"""What a walk puts into the browser contexts and API clients of its journey, and takes out of them in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from playwright.sync_api import BrowserContext, Page

from chaos.adapter import ChaosAdapter
from chaos.injection import Dispatcher, FaultProxy
from chaos.observe import Observer
from chaos.plan import Plan
from chaos.storm import Storm, Who
from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.redact import Redactor


class Rigging:
    """The dispatchers, observers, proxies and adapters of one journey. `plans` are all plans that it is walked under,
    so that a control is routed just as its experiments are."""

    def __init__(
        self, storm: Storm, plans: Sequence[Plan], redactor: Redactor, template_of: Callable[[str], str]
    ) -> None:
        self._storm = storm
        self._plans = plans
        self._redactor = redactor
        self._template_of = template_of
        self._has_proxy = bool(storm.plan and storm.plan.needs_proxy)
        self._dispatchers: dict[BrowserContext, Dispatcher] = {}
        self._observers: dict[BrowserContext, Observer] = {}
        self._proxies: list[FaultProxy] = []
        self._proxy_of: dict[BrowserContext, FaultProxy] = {}
        self._actors: dict[str, Actor] = {}

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Everybody with an account who has walked so far, each once."""
        return tuple(self._actors.values())

    @property
    def holds(self) -> int:
        """How many calls are in the hands of faults now."""
        return sum(one.holds for one in self._dispatchers.values())

    def context_options(self) -> dict[str, Any]:
        if not self._has_proxy:
            return {}
        proxy = FaultProxy(self._storm).__enter__()
        self._proxies.append(proxy)
        return {"proxy": {"server": proxy.server}}

    def context_came(self, context: BrowserContext) -> None:
        if self._has_proxy:
            self._proxy_of[context] = self._proxies[-1]
        self._dispatchers[context] = Dispatcher(context, self._storm, plans=self._plans, has_proxy=self._has_proxy)
        observer = self._observers[context] = Observer(context, self._redactor, self._template_of)
        observer.install()

    def client_came(self, client: ApiClient) -> None:
        actor = client.actor
        client.mount(_InSteps(self._storm, Who(actor=actor.name, role=actor.role) if actor else Who()))

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        if actor is None:
            return
        self._actors[actor.username] = actor
        dispatcher = self._dispatchers.get(page.context)
        if dispatcher is not None:
            dispatcher.belongs_to(Who(actor=actor.name, role=actor.role))
        if page.context in self._proxy_of:
            self._proxy_of[page.context].who = Who(actor=actor.name, role=actor.role)

    def observer_of(self, page: Page | None) -> Observer | None:
        """Who looks at the pages of this page's context; None for a step without a page, or in a context not ours."""
        return self._observers.get(page.context) if page is not None else None

    def close(self) -> None:
        """Takes everything out again; what one of them raises keeps no other from it."""
        with ExitStack() as stack:
            for proxy in self._proxies:
                stack.callback(proxy.close)
            for dispatcher in self._dispatchers.values():
                stack.callback(dispatcher.close)


class _InSteps(ChaosAdapter):
    """Strikes calls of the API client that belong to a step; what a journey prepares between its steps is spared."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self._storm.step:
            return super().send(request, *args, **kwargs)
        return super(ChaosAdapter, self).send(request, *args, **kwargs)
