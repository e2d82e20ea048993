"""Calls that a rule means and that nobody handed to us: counted, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary, WeakSet

from playwright.sync_api import BrowserContext, Error, Request, Worker

from chaos.fault import ConditionsFault, FlowFault
from chaos.injection.conditions import OUT_OF_REACH
from chaos.pattern import origin_of
from chaos.proof import Proof
from chaos.rule import CallFacts, Rule
from chaos.storm import Storm, Who
from stormwalk.storm import Layer

HOP = "a redirect hop, which no route gets; hops = true strikes it in Chromium"
SERVICE_WORKER = "answered by a service worker"
UNROUTED = "answered before it came to the storm, by a route of the journey"
NO_PROXY = "needs the loopback proxy, and the context was made without it"
PREFLIGHT = "CORS preflights are answered by Playwright itself while calls are routed"
WORKER = "a service worker can answer calls without the network"
_SIMPLE = ("GET", "HEAD", "POST")


class Escapes:
    """Watches every call of a context. `hops` says whether the hops of redirects are struck."""

    def __init__(self, context: BrowserContext, storm: Storm, who: Callable[[], Who], *, has_proxy: bool) -> None:
        self._context = context
        self._watches = False
        self._storm = storm
        self._who = who
        self._has_proxy = has_proxy
        self._expected: WeakKeyDictionary[Request, tuple[Rule, ...]] = WeakKeyDictionary()
        self._met: WeakSet[Request] = WeakSet()
        self._conditions: dict[str, tuple[Rule, int]] = {}
        self.strikes_hops = False

    def watch(self) -> None:
        """Begins; a control does without, since listening to every call is not free."""
        if not self._watches:
            self._watches = True
            self._context.on("request", self._on_request)
            self._context.on("requestfinished", self._on_end)
            self._context.on("requestfailed", self._on_end)
            self._context.on("serviceworker", self._on_worker)

    @property
    def _proof(self) -> Proof:
        return self._storm.proof

    def met(self, request: Request) -> None:
        """The dispatcher has this call in its hands."""
        self._met.add(request)
        self._expected.pop(request, None)

    def held(self, rule: Rule) -> None:
        """A condition was proved to hold for a call."""
        known = self._conditions.get(rule.id, (rule, 0))
        self._conditions[rule.id] = (rule, known[1] - 1)
        self._proof.held(rule)

    def settle(self) -> None:
        """Counts the calls for which conditions should have held and did not."""
        for rule, missing in self._conditions.values():
            if missing > 0:
                self._proof.escaped_unseen(rule, OUT_OF_REACH, missing)
        self._conditions.clear()

    def _on_request(self, request: Request) -> None:
        if not self._storm.is_active or not request.url.startswith("http"):
            return
        facts = facts_of(request, self._storm)
        self._note_preflight(request, facts)
        for rule in self._storm.matching(facts, self._who(), Layer.CDP, Layer.PROXY):
            if isinstance(rule.fault, ConditionsFault):
                known = self._conditions.get(rule.id, (rule, 0))
                self._conditions[rule.id] = (rule, known[1] + 1)
            elif isinstance(rule.fault, FlowFault) and not rule.fault.of_sockets and not self._has_proxy:
                self._proof.escaped_unseen(rule, NO_PROXY)
        hop = request.redirected_from is not None
        rules = self._storm.matching(facts, self._who(), Layer.ROUTE, Layer.PAGE)
        rules = tuple(one for one in rules if one.fault.per_call and not (hop and one.hops and self.strikes_hops))
        if rules and request not in self._met:
            self._expected[request] = rules

    def _on_end(self, request: Request) -> None:
        for rule in self._expected.pop(request, ()):
            self._proof.escaped_unseen(rule, _reason(request))

    def _on_worker(self, worker: Worker) -> None:
        self._proof.blind(WORKER, worker.url)

    def _note_preflight(self, request: Request, facts: CallFacts) -> None:
        if facts.resource_type not in ("fetch", "xhr"):
            return
        try:
            asks = origin_of(request.frame.url)
        except Error:
            return
        content = request.headers.get("content-type", "")
        simple = facts.method in _SIMPLE and "json" not in content and "authorization" not in request.headers
        if asks and asks != origin_of(request.url) and not simple:
            self._proof.blind(PREFLIGHT, request.url)


def _reason(request: Request) -> str:
    if request.redirected_from is not None:
        return HOP
    response = request.existing_response
    return SERVICE_WORKER if response is not None and response.from_service_worker else UNROUTED


def facts_of(request: Request, storm: Storm) -> CallFacts:
    """What a rule asks of a call of a page."""
    return CallFacts(
        method=request.method,
        url=request.url,
        resource_type=request.resource_type,
        first_party=storm.is_first_party(request.url),
        body=request.post_data_buffer or b"",
    )
