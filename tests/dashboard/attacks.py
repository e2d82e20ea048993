"""What strangers may try. Each says what would have happened, had it got through."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from tests.dashboard.serving import Served
from tests.dashboard.tales import RUN, STORM

OWN = "own"
"""Stands for the dashboard's own origin, or for its own csrf value, which are known only when it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One request. `would` is what would have happened; `refused` are the answers that are right."""

    name: str
    would: str
    path: str
    refused: tuple[int, ...]
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def send(self, to: Served) -> int:
        headers = {name: to.url if value == OWN else value for name, value in self.headers.items()}
        body = self.body
        if f"csrf={OWN}" in body:
            body = body.replace(f"csrf={OWN}", f"csrf={to.csrf(f'/runs/{STORM}')}")
        return to.ask(self.path, self.method, headers, body).status


def _host(name: str, host: str, would: str, refused: tuple[int, ...] = (421,)) -> Attack:
    return Attack(name=name, would=would, path="/", headers={"Host": host}, refused=refused)


HOSTS = (
    _host("foreign name", "evil.example", "a page whose name was made to point here reads every run"),
    _host("foreign name with our port", "evil.example:8000", "the same, by a page that knows the port"),
    _host("a name that begins as ours", "127.0.0.1.evil.example", "the same, past a check of the beginning"),
    _host("a name that ends as ours", "evil.localhost", "the same, past a check of the end"),
    _host("ours as user name", "127.0.0.1@evil.example", "the same, past a check that stops at the @", (400, 421)),
    _host("no address at all", "]]]", "the server answers with a trace of itself", (400, 421)),
)

_ASK = f"/runs/{STORM}/requests"


def _write(name: str, would: str, body: str, refused: int, origin: str | None = OWN, path: str = _ASK) -> Attack:
    headers = {} if origin is None else {"Origin": origin}
    return Attack(name=name, would=would, path=path, method="POST", headers=headers, body=body, refused=(refused,))


_PAUSE = f"csrf={OWN}&ask=pause"
WRITES = (
    _write("no origin", "a request that no page sent steers a run", _PAUSE, 403, None),
    _write(
        "another site", "a page of the web pauses the storm of whoever looks at it", _PAUSE, 403, "http://evil.example"
    ),
    _write(
        "another port",
        "the application under test, on the same host, stops its own test",
        _PAUSE,
        403,
        "http://127.0.0.1:1",
    ),
    _write("another scheme", "a page in between passes as ours", _PAUSE, 403, "https://127.0.0.1"),
    _write("a sandboxed frame", "a frame without an origin steers a run", _PAUSE, 403, "null"),
    _write("no csrf", "a form elsewhere is enough to steer a run", "ask=pause", 403),
    _write("a guessed csrf", "a guess is enough to steer a run", "csrf=0000&ask=pause", 403),
    _write(
        "a csrf of no letters",
        "the comparison breaks, and the error is taken for a yes",
        "csrf=%F0%9F%92%A9&ask=pause",
        403,
    ),
    _write("stop without being sure", "one slip ends a run of hours", f"csrf={OWN}&ask=stop", 400),
    _write(
        "a rule that is none",
        "workers are told to switch what they do not know",
        f"csrf={OWN}&ask=rule-off%20evil/rule",
        400,
    ),
    _write("a kind that is none", "workers are told what they do not know", f"csrf={OWN}&ask=format-disk", 400),
    _write(
        "a run that has ended",
        "an old run is marked as steered, and leaves the trend",
        _PAUSE,
        409,
        path=f"/runs/{RUN}/requests",
    ),
    _write(
        "a body of forty kilobytes", "memory fills with one request after the other", _PAUSE + "&x=" + "x" * 40_000, 413
    ),
    _write(
        "a thousand fields",
        "the parser is kept busy for ever",
        "&".join(f"f{n}=1" for n in range(1000)) + f"&{_PAUSE}",
        413,
    ),
    Attack(
        name="a picture that asks", would="an image tag stops a run", path=f"{_ASK}?ask=stop&sure=yes", refused=(405,)
    ),
    Attack(
        name="a method of its own",
        would="a store is written past every check",
        path=_ASK,
        method="PUT",
        refused=(403, 405),
        headers={"Origin": OWN},
    ),
)

_PICTURES = f"/runs/{RUN}/pictures"
_UP = "../../secret.jpg"


def _reads(name: str, path: str, would: str = "any file of this machine can be read", *more: int) -> Attack:
    return Attack(name=name, would=would, path=path, refused=(404, *more))


PATHS = (
    _reads("dots", f"{_PICTURES}/{_UP}"),
    _reads("quoted dots", f"{_PICTURES}/" + _UP.replace("../", "%2e%2e%2f")),
    _reads("twice quoted dots", f"{_PICTURES}/" + _UP.replace("../", "%252e%252e%252f")),
    _reads("backslashes", f"{_PICTURES}/" + quote("..\\..\\..\\secret.jpg")),
    _reads("an absolute path", f"{_PICTURES}//etc/passwd", "any file of this machine can be read", 308),
    _reads(
        "a name with an end in it", f"{_PICTURES}/shopper/04-step.jpg%00.png", "a file is opened under half of its name"
    ),
    _reads("a link out of the folder", f"{_PICTURES}/shopper/link.jpg", "who can write one link reads everything"),
    _reads(
        "a page among the pictures",
        f"{_PICTURES}/shopper/page.html",
        "a page under test runs its script in the dashboard",
    ),
    _reads(
        "a drawing with a script",
        f"{_PICTURES}/shopper/drawing.svg",
        "a page under test runs its script in the dashboard",
    ),
    _reads("the store itself", f"{_PICTURES}/../../stormwalk.db", "all secrets of all runs are one file away"),
    _reads("a run called ..", "/runs/../pictures/secret.jpg", "the folder of the runs is left by the id of one"),
    _reads(
        "a run called %2e%2e", "/runs/%2e%2e/pictures/secret.jpg", "the folder of the runs is left by the id of one"
    ),
    _reads("a matrix called ..", f"/runs/{RUN}/cells/..%2f..%2fapp.py", "the sources of the dashboard are read"),
    _reads("a cell of a template", f"/runs/{RUN}/cells/access?endpoint=%7B%7B7*7%7D%7D&role=x", "a text is run"),
    _reads("a static file above", "/static/../app.py", "the sources of the dashboard are read"),
    _reads("a thumbnail of SQL", f"/runs/{RUN}/thumbnails/" + quote("x' OR '1'='1"), "any thumbnail is given out"),
)

_STREAM = f"/runs/{STORM}/since?after="
LARGE = (
    Attack(name="a long query", would="memory and log fill", path="/runs?project=" + "x" * 20_000, refused=(414,)),
    Attack(name="a long header", would="memory and log fill", path="/", headers={"X": "x" * 100_000}, refused=(431,)),
    Attack(
        name="a long name",
        would="the file system is asked for ever",
        path=f"{_PICTURES}/{'x' * 3000}",
        refused=(404, 414),
    ),
    Attack(
        name="an id that is none",
        would="a page is told of everything again and again",
        path=f"{_STREAM}x",
        refused=(400,),
    ),
    Attack(name="a negative id", would="the database scans everything", path=f"{_STREAM}-1", refused=(400,)),
    Attack(
        name="an id beyond all numbers",
        would="the database fails on each request",
        path=_STREAM + "9" * 40,
        refused=(400,),
    ),
    Attack(
        name="a step beyond all numbers",
        would="the server is busy with one number",
        path=f"/runs/{RUN}/journeys/1/steps/{'9' * 400}",
        refused=(404,),
    ),
    Attack(
        name="a run that is none",
        would="each made-up id takes a thread and memory",
        path="/runs/made-up",
        refused=(404,),
    ),
    Attack(
        name="stopping a run that is none",
        would="a page with a name that somebody made up asks for a click",
        path="/runs/made-up/stop",
        refused=(404,),
    ),
    Attack(
        name="stopping a run that has ended",
        would="a page asks for a click that can only fail",
        path=f"/runs/{RUN}/stop",
        refused=(409,),
    ),
    Attack(
        name="a journey that is none",
        would="the error of the server is shown",
        path=f"/runs/{RUN}/journeys/0/steps/1",
        refused=(404,),
    ),
)
