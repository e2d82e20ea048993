from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.signs.leaked_internals import LeakedInternals
from tests.chaos.scenes import CALM, TEXT, call, changed, done_look, healed, look, looks, said, scene

TRACE = 'Traceback (most recent call last):\n  File "/srv/shop/api.py", line 17, in place'


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        *(
            pytest.param(scene(looks=looks(1, text=f"{TEXT}\n{query}")), "a database query", id=query)
            for query in (
                "SELECT * FROM users",
                "SELECT id, name AS n FROM public.users WHERE id = 1",
                "SELECT count(*) FROM orders",
                "INSERT INTO orders (id) VALUES (1)",
                "DELETE FROM orders WHERE id = 1",
                "UPDATE users SET role = 'admin'",
            )
        ),
        pytest.param(
            scene(looks=looks(1, text=TEXT + TRACE)),
            "a Python traceback is shown on the page",
            id="a traceback on the page",
        ),
        pytest.param(
            scene(messages=(said("KeyError at api.py\n" + TRACE),)), "in a message", id="in a message that is gone"
        ),
        pytest.param(
            scene(calls=(call(status=500, error_body=TRACE),)), "in the answer of POST /api/orders", id="in an answer"
        ),
        pytest.param(scene(healed=healed(state=look(30, text=TRACE))), "a Python traceback", id="after recovery"),
        pytest.param(
            scene(looks=looks(1, text="at com.shop.Orders.place(Orders.java:117)")), "a Java stack trace", id="Java"
        ),
        pytest.param(
            scene(looks=looks(1, text="at place (http://shop.test/js/checkout.js:12:7)")),
            "a JavaScript stack trace",
            id="JavaScript",
        ),
        pytest.param(
            scene(looks=looks(1, text="System.NullReferenceException: Object reference")),
            "a .NET stack trace",
            id=".NET",
        ),
        pytest.param(
            scene(looks=looks(1, text="Warning: Undefined index in /a/b.php on line 3")), "a PHP error", id="PHP"
        ),
        pytest.param(scene(looks=looks(1, text="goroutine 17 [running]:")), "a Ruby or Go trace", id="Go"),
        pytest.param(
            scene(looks=looks(1, text="SELECT id, total FROM orders WHERE id = 7")), "a database query", id="SQL"
        ),
        pytest.param(
            scene(looks=looks(1, text="sqlite3.OperationalError: database is locked")), "a database error", id="SQLite"
        ),
        pytest.param(
            scene(looks=looks(1, text="cannot open /var/lib/shop/data.db")), "a path of the server", id="a path"
        ),
        pytest.param(
            scene(looks=looks(1, text="connect ECONNREFUSED 10.0.0.7:5432")), "an inner address", id="an inner address"
        ),
        pytest.param(scene(looks=looks(1, text="Werkzeug Debugger")), "a debugger", id="a debugger"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = LeakedInternals().check(seen)

    assert found
    assert {one.sign for one in found} == {"leaked-internals"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(looks=looks(1, text=f"{TEXT}\nPLEASE SELECT ANOTHER DAY FROM THE CALENDAR\nDELETE FROM BASKET")),
            id="words that a page shouts",
        ),
        pytest.param(
            scene(
                calls=(
                    call(
                        "GET /home/account/orders",
                        status=401,
                        error_body='{"status": 401, "path": "/home/account/orders"}',
                    ),
                )
            ),
            id="the path that was asked for",
        ),
        pytest.param(
            scene(looks=looks(1, text="Something went wrong on our side. Please try again. (Reference 7f3a)")),
            id="a good message",
        ),
        pytest.param(
            scene(looks=looks(1, text=TRACE), control=changed(CALM, looks=(done_look(text=TRACE),))),
            id="a page that is about tracebacks",
        ),
        pytest.param(
            scene(
                looks=looks(
                    1, text="Select a lamp from the list, update your basket and set a date. Delete from basket"
                )
            ),
            id="prose",
        ),
        pytest.param(
            scene(looks=looks(1, text="See http://shop.test/home/page/1 or /orders/17/items, open at 10:30:00")),
            id="addresses of pages",
        ),
        pytest.param(
            scene(looks=looks(1, url="chrome-error://x", text="at place (http://x/a.js:1:2)")),
            id="the browser's own page",
        ),
        pytest.param(scene(messages=(said(TRACE, -5),)), id="what stood there before the step"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert LeakedInternals().check(seen) == ()


@pytest.mark.parametrize("text", ["at " * 7000, "/var/" * 4000, "SELECT " * 3000, 'File "' * 3000, "x" * 20_000])
@pytest.mark.timeout(10)
def test_hostile_text_costs_no_time(text: str) -> None:
    LeakedInternals().check(scene(looks=looks(1, text=text)))
