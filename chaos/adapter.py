"""The same rules on the API client: an adapter of requests.

    client.mount(ChaosAdapter(storm, Who(actor="sam", role="shopper")))

A rule strikes a call above urllib3's retries, where they cannot help (`scope = "call"`), or each attempt below them
(`scope = "attempt"`), so that a retry policy is tested too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.retry import Retry

from chaos.api_vehicle import ApiVehicle, answer_of, raw_of, read_timeout
from chaos.carry import carry
from chaos.fault import CallFault
from chaos.known import OF_CLIENT
from chaos.proof import Strike
from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from chaos.trip import Answer
from stormwalk.storm import Layer


class ChaosAdapter(HTTPAdapter):
    """Carries out the rules of `storm` on the calls of one actor. `max_retries` is the retry policy under test."""

    def __init__(self, storm: Storm, who: Who = Who(), *, max_retries: Retry | int = 0) -> None:  # noqa: B008 - frozen
        self._storm = storm
        self._who = who
        super().__init__(max_retries=max_retries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool_of(HTTPConnectionPool, _struck(HTTPConnection, self.strike_attempt)),
            "https": _pool_of(HTTPSConnectionPool, _struck(HTTPSConnection, self.strike_attempt)),
        }

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        def really(sent: requests.PreparedRequest) -> requests.Response:
            return super(ChaosAdapter, self).send(sent, False, timeout, verify, cert, proxies)

        facts = _facts(self._storm, request)
        strikes = self._strikes(facts, "call")
        if not strikes:
            return super().send(request, stream, timeout, verify, cert, proxies)
        originals: dict[int, requests.Response] = {}

        def ask(sent: requests.PreparedRequest) -> Answer:
            response = really(sent)
            answer = answer_of(response.status_code, response.raw.headers, response.content)
            # `content` is decoded, so that headers which tell of the wire are wrong for it.
            answer = answer.with_body(answer.body)
            originals[id(answer)] = response
            return answer

        vehicle = ApiVehicle(request, ask, lambda: not self._storm.is_active, read_timeout(timeout))
        carry(vehicle, strikes, self._storm.proof)
        if vehicle.failure is not None:
            raise vehicle.failure.for_requests(request)
        answer = vehicle.result()
        own = originals.get(id(answer))  # which is false in itself when its status is 400 or above
        return own if own is not None else self.build_response(request, raw_of(answer, request.method or ""))

    def strike_attempt(
        self, request: requests.PreparedRequest, really: Callable[[Mapping[str, str]], HTTPResponse], timeout: float
    ) -> HTTPResponse:
        """Carries out the rules for attempts on one of them. Raises what urllib3 understands, and tries again."""
        strikes = self._strikes(_facts(self._storm, request), "attempt")
        if not strikes:
            return really(request.headers)

        def ask(sent: requests.PreparedRequest) -> Answer:
            response = really(sent.headers)
            answer = answer_of(response.status, response.headers, response.read(decode_content=True))
            return answer.with_body(answer.body)

        vehicle = ApiVehicle(request, ask, lambda: not self._storm.is_active, timeout)
        carry(vehicle, strikes, self._storm.proof)
        if vehicle.failure is not None:
            raise vehicle.failure.for_urllib3()
        return raw_of(vehicle.result(), request.method or "")

    def _strikes(self, facts: CallFacts, scope: str) -> list[Strike]:
        if not self._storm.is_active:
            return []
        rules = [
            one
            for one in self._storm.matching(facts, self._who, Layer.API)
            if isinstance(one.fault, CallFault) and one.scope == scope
        ]
        return self._storm.strikes(rules, facts, self._who, Layer.API) if rules else []


def _facts(storm: Storm, request: requests.PreparedRequest) -> CallFacts:
    body = request.body or b""
    url = request.url or ""
    return CallFacts(
        method=request.method or "GET",
        url=url,
        resource_type=OF_CLIENT,
        first_party=storm.is_first_party(url),
        body=body.encode() if isinstance(body, str) else bytes(body) if isinstance(body, bytes | bytearray) else b"",
    )


def _pool_of(kind: type[Any], connection: type[Any]) -> type[Any]:
    return type(f"Chaos{kind.__name__}", (kind,), {"ConnectionCls": connection})


def _struck(kind: type[Any], strike: Callable[..., HTTPResponse]) -> type[Any]:
    """A connection whose every exchange passes `strike`."""

    class Struck(kind):  # type: ignore[misc]
        def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
            # Nothing is sent yet: whether the server sees the attempt at all is for the fault to decide.
            self._asked = (method, url, body, dict(headers or {}), options)

        def getresponse(self) -> HTTPResponse:
            method, url, body, headers, options = self._asked
            scheme = "https" if issubclass(kind, HTTPSConnection) else "http"
            host = f"[{self.host}]" if ":" in self.host else self.host
            port = "" if self.port == self.default_port else f":{self.port}"
            attempt = requests.Request(method, f"{scheme}://{host}{port}{url}", headers=headers)
            prepared = attempt.prepare()
            prepared.body = body

            def really(sent: Mapping[str, str]) -> HTTPResponse:
                super(Struck, self).request(method, url, body=body, headers=sent, **options)
                response: HTTPResponse = super(Struck, self).getresponse()
                return response

            return strike(prepared, really, self.timeout if isinstance(self.timeout, int | float) else 0.0)

    return Struck
