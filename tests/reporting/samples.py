"""Runs to report on: a plausible one, and the pieces of which a test makes its own."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.model import Environment, Journey, Note, NoteLevel, Run, RunMode, Status, Step
from stormwalk.observations import Call, CallSource, ConsoleLine, Evidence, EvidenceKind, Moment

RUN_ID = "20261122-101503-7f3a"
BASE = "http://127.0.0.1:5000"
START = 1795342503.0
STOP = ControlRequest(kind=ControlKind.STOP, at=START + 9, by="sam", id=1)


@dataclass(slots=True)
class FakeStore:
    """Stands in for the store's thumbnails."""

    thumbnails: dict[str, bytes] = field(default_factory=dict)

    def thumbnail(self, run_id: str, evidence_id: str, /) -> bytes | None:
        return self.thumbnails.get(evidence_id)


def call(template: str = "/api/products", status: int | None = 200, ms: float | None = 24.0, **more: Any) -> Call:
    given = {"method": "GET", "source": CallSource.BROWSER, "resource_type": "fetch", "started_at": START, **more}
    return Call(url=BASE + template, template=template, status=status, duration_ms=ms, **given)


def picture(run_id: str, journey: str, index: int, slug: str, moment: Moment = Moment.END, **more: Any) -> Evidence:
    path = f"screenshots/{run_id}/{journey}/{index:02}-{slug}.jpg"
    more = {"width": 1280, "height": 754, **more}
    return Evidence(
        id=f"{journey}-{index}", kind=EvidenceKind.PICTURE, moment=moment, path=path, taken_at=START + index, **more
    )


def step(index: int = 1, name: str = "Open the shop", status: Status | None = Status.PASSED, **more: Any) -> Step:
    return Step(**{"index": index, "name": name, "status": status, "duration_ms": 120.0, **more})


def journey(*steps: Step, status: Status | None = Status.PASSED, **more: Any) -> Journey:
    given = {"key": "shopper", "title": "A shopper buys", "duration_ms": 4200.0, "started_at": START, **more}
    return Journey(nodeid="journeys/test_shopper.py::test_shopper", status=status, steps=steps, **given)


def run(*journeys: Journey, **more: Any) -> Run:
    given = {"id": RUN_ID, "project": "Web2 Application", "base_url": BASE, "finished_at": START + 21.4, **more}
    return Run(mode=RunMode.NORMAL, started_at=START, journeys=journeys, **given)


def variants() -> Run:
    """A journey that was walked with two parameters, and fails with one of them."""
    bad = step(name="Pay", status=Status.FAILED, reason="It is not there")
    german, french = journey(step(name="Pay"), key="de"), journey(bad, key="fr", status=Status.FAILED)
    nodeid = german.nodeid
    return run(replace(german, nodeid=f"{nodeid}[chromium-de]"), replace(french, nodeid=f"{nodeid}[chromium-fr]"))


_SHOPPER = (
    ("Sign up", "/signup", 412, (("POST", "/api/users", 201, 96), ("POST", "/api/session", 201, 71))),
    ("Log in", "/login", 268, (("POST", "/api/session", 201, 68), ("GET", "/api/me", 200, 12))),
    ("See who you are", "/account", 141, (("GET", "/api/me", 200, 11),)),
    ("Browse the products", "/products", 233, (("GET", "/api/products", 200, 41),)),
    ("Open a product", "/products/17", 187, (("GET", "/api/products/{id}", 200, 16),)),
    ("Add it to the basket", "/products/17", 204, (("POST", "/api/basket/items", 201, 33),)),
    ("Look into the basket", "/basket", 156, (("GET", "/api/basket", 200, 19),)),
    ("Start the checkout", "/checkout", 298, (("GET", "/api/basket", 200, 18), ("GET", "/api/me", 200, 9))),
    ("Place the order", "/checkout", 5021, (("POST", "/api/orders", 503, 2210), ("GET", "/api/basket", 200, 21))),
    ("Read the confirmation", "", None, ()),
    ("Find the order in the dashboard", "", None, ()),
    ("Log out", "", None, ()),
)
_SUPPORT = (
    ("Log in", "/login", 244, (("POST", "/api/session", 201, 66),)),
    ("Find the order", "/support/orders", 311, (("GET", "/api/orders", 200, 58),)),
    ("Refund it", "/support/orders/88", 402, (("POST", "/api/orders/{id}/refund", 200, 120),)),
    ("Be refused the user list", "/admin/users", 98, (("GET", "/api/admin/users", 403, 8),)),
    ("Log out", "/", 122, (("DELETE", "/api/session", 204, 14),)),
)
_MANAGER = (
    ("Log in", "/login", 251, (("POST", "/api/session", 201, 64),)),
    ("Change a price", "/manage/products/17", 377, (("PATCH", "/api/products/{id}", 200, 45),)),
    ("Read the sales", "/manage/sales", 1840, (("GET", "/api/reports/sales", 200, 1604),)),
    ("Download the sales as CSV", "/manage/sales", 30012, (("GET", "/api/reports/sales.csv", None, 30000),)),
    ("Log out", "", None, ()),
)
_VISITOR = (
    ("Open the shop", "/", 301, (("GET", "/api/products", 200, 44),)),
    ("Be turned away from the basket", "/login?next=/basket", 88, (("GET", "/api/basket", 401, 6),)),
    ("Be turned away from the dashboard", "/login?next=/dashboard", 92, (("GET", "/api/dashboard", 401, 5),)),
)


def plausible() -> Run:
    """A run with a failure, an error and two journeys in order."""
    whole = run(
        _walk("shopper", "A shopper buys", "From sign-up to logout, with an order", _SHOPPER, "shopper"),
        _walk("support", "Support refunds an order", "The refund reaches the shopper", _SUPPORT, "support"),
        _walk("manager", "A manager changes a price", "and reads the sales", _MANAGER, "manager"),
        _walk("visitor", "A visitor is turned away at every door", "", _VISITOR, "anonymous"),
        workers=2,
        exit_code=1,
        environment=Environment(
            command="python3 user_flow_runner.py -n 2",
            commit="9f3c1e7a5b20c4d1",
            branch="main",
            browser="Chromium 148.0 (headless shell)",
            versions=(("python", "3.11.9"), ("playwright", "1.65.2"), ("stormwalk", "0.1.0")),
            platform="Linux x86_64, 2 cores",
        ),
        notes=(Note(level=NoteLevel.WARNING, message="The browser runs without its sandbox: the system refuses it."),),
    )
    return whole


def _walk(key: str, title: str, goal: str, rows: Any, role: str) -> Journey:
    steps = tuple(_step(key, role, index, *row) for index, row in enumerate(rows, 1))
    statuses = [one.status for one in steps]
    status = next((bad for bad in (Status.FAILED, Status.ERROR) if bad in statuses), Status.PASSED)
    total = sum(one.duration_ms or 0 for one in steps)
    return Journey(
        key=key,
        nodeid=f"journeys/test_{key}.py::test_{key}",
        title=title,
        goal=goal,
        worker=f"gw{len(key) % 2}",
        status=status,
        started_at=START,
        duration_ms=total,
        steps=steps,
    )


def _step(key: str, role: str, index: int, name: str, url: str, ms: float | None, rows: Any) -> Step:
    calls = [call(template, status, took, method=method) for method, template, status, took in rows]
    base: dict[str, Any] = {
        "index": index,
        "name": name,
        "role": role,
        "actor": role,
        "role_check": "turned" in name or "refused" in name,
    }
    if ms is None:
        return Step(status=Status.SKIPPED, **base)
    slug = name.lower().replace(" ", "-")
    more: dict[str, Any] = {"status": Status.PASSED, "moment": Moment.END}
    if name == "Place the order":
        more = _FAILED
    elif "CSV" in name:
        more = _ERROR
        calls = [call("/api/reports/sales.csv", None, 30000, failure="timed out")]
    moment, more = more["moment"], {k: v for k, v in more.items() if k != "moment"}
    evidence = (picture(RUN_ID, key, index, slug, moment),)
    return Step(url=BASE + url, duration_ms=ms, calls=tuple(calls), evidence=evidence, **base, **more)


_FAILED: dict[str, Any] = {
    "status": Status.FAILED,
    "moment": Moment.FAILURE,
    "weight": 5.0,
    "reason": "The confirmation was not shown within 5 s; the page says “Something went wrong. Try again.”",
    "details": "AssertionError: Locator expected to be visible\nActual value: None\nCall log:\n"
    '  - Expect "to_be_visible" with timeout 5000ms\n  - waiting for get_by_role("heading", name="Thank you")\n'
    "  - unexpected value: <element(s) not found>\n",
    "console": (
        ConsoleLine(
            level="error",
            text="Failed to load resource: the server responded with a status of 503",
            location="/api/orders",
        ),
        ConsoleLine(
            level="pageerror",
            text="TypeError: Cannot read properties of undefined (reading 'id')",
            location="checkout.js:88:21",
        ),
        ConsoleLine(level="warning", text="order: giving up after 3 tries", location="api.js:41:9"),
    ),
}
_ERROR: dict[str, Any] = {
    "status": Status.ERROR,
    "moment": Moment.FAILURE,
    "reason": "The application stopped answering: GET /api/reports/sales.csv gave no answer for 30 s.",
}


def with_pictures(root: Path, whole: Run, *, files: bool = True) -> FakeStore:
    """Paint every picture of the run into `root`, and keep its thumbnail."""
    store = FakeStore()
    for one_journey in whole.journeys:
        for one in one_journey.steps:
            for evidence in one.evidence:
                image = paint(one, evidence.moment is Moment.FAILURE)
                store.thumbnails[evidence.id] = _jpeg(image.crop((0, 0, 1280, 720)).resize((320, 180)))
                if files:
                    _put(root / evidence.path, _jpeg(image))
    return store


@cache
def paint(one: Step, bad: bool) -> Image.Image:
    """Something that looks like a page of a shop."""
    image = Image.new("RGB", (1280, 754), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1280, 64), fill="#1f2a44")
    draw.text((32, 18), "Harbour Goods", fill="#ffffff", font_size=24)
    draw.text((900, 22), f"Products    Basket    {one.actor or 'Log in'}", fill="#c8d2e8", font_size=18)
    draw.text((64, 104), one.name, fill="#161a20", font_size=40)
    for place in range(6):
        x, y = 64 + place % 3 * 392, 190 + place // 3 * 260
        shade = (200 - place * 9, 212 - one.index * 6, 226)
        draw.rounded_rectangle((x, y, x + 360, y + 230), 10, fill="#f3f5f8")
        draw.rounded_rectangle((x + 16, y + 16, x + 344, y + 140), 8, fill=shade)
        draw.text((x + 18, y + 156), f"Article {one.index * 7 + place}", fill="#39424e", font_size=22)
        draw.text((x + 18, y + 188), f"{12 + place * 3}.50 €", fill="#5d6775", font_size=20)
    if bad:
        draw.rounded_rectangle((64, 630, 1216, 700), 8, fill="#fdeaea", outline="#c4262c", width=2)
        draw.text((92, 648), "Something went wrong. Try again.", fill="#8c161b", font_size=28)
    draw.rectangle((0, 720, 1280, 754), fill="#161a20")
    draw.text((16, 727), f"{one.index} {one.name}   {one.url}", fill="#e9ecf0", font_size=16)
    return image


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
