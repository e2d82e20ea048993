"""What goes wrong when what a page needs fails or is slow, and how often it asks again."""

from __future__ import annotations

from demo_app.catalogue.entry import Defect, resilience

READS: tuple[Defect, ...] = (
    resilience(
        "dashboard-spins-for-ever",
        "When the figures of the dashboard fail, it goes on loading.",
        "Loading… stays, and neither a message nor Retry appears.",
        "endless-spinner GET /api/dashboard",
        "silent-failure GET /api/dashboard",
        shown_by=("http:503 @ GET /api/dashboard",),
        journey="shopper",
    ),
    resilience(
        "orders-failure-looks-empty",
        "When the orders cannot be read, the page says that there are none.",
        "A failure is told as if it were an answer.",
        "silent-failure GET /api/orders",
        shown_by=("http:503 @ GET /api/orders",),
        journey="shopper",
    ),
    resilience(
        "checkout-shows-cached-basket",
        "When the basket is slow to come or fails, the checkout shows the one of an earlier page.",
        "The total that the user agrees to is not that of the order.",
        "wrong-total POST /api/orders",
        shown_by=("latency:500ms @ GET /api/basket",),
        journey="hasty_shopper",
    ),
    resilience(
        "blank-page-on-error",
        "A part of a page that cannot be filled takes the whole page with it.",
        "Nothing is left on the page.",
        "blank-page GET /api/products",
        "silent-failure GET /api/products",
        shown_by=("http:503 @ GET /api/products*",),
        journey="visitor",
    ),
    resilience(
        "page-hidden-until-logo",
        "A page is hidden until the picture of its logo has come.",
        "The picture does not come, and the page stays blank.",
        "blank-page GET /static/favicon.svg",
        "not-recovered GET /static/favicon.svg",
        shown_by=("asset-failure:404 @ ** type=image",),
        journey="visitor",
    ),
    resilience(
        "alert-breaks-layout",
        "The message of a failure stands on one endless line.",
        "The page is far wider than its window.",
        "layout-broken GET /api/products",
        shown_by=("http:503 @ GET /api/products*",),
        journey="visitor",
    ),
    resilience(
        "stack-shown-in-alert",
        "The message of a failure is the stack of the exception.",
        "The user reads file names and line numbers.",
        "leaked-internals GET /api/products",
        shown_by=("http:503 @ GET /api/products*",),
        journey="visitor",
    ),
    resilience(
        "calls-without-time-out",
        "No call has a time-out.",
        "A call that is never answered leaves its part of the page loading for ever.",
        "endless-spinner GET /api/products",
        "silent-failure GET /api/products",
        shown_by=("hang @ GET /api/products*",),
        journey="visitor",
    ),
)

TRIES: tuple[Defect, ...] = (
    resilience(
        "retries-without-back-off",
        "A call that fails is repeated forty times, twenty times a second.",
        "A server in trouble is overrun.",
        "retry-storm GET /api/products",
        shown_by=("http:503 @ GET /api/products*",),
        journey="visitor",
    ),
    resilience(
        "retry-after-ignored",
        "What an answer says in Retry-After is not read.",
        "Calls are repeated before the time that the server has asked for.",
        "retry-storm GET /api/products",
        shown_by=("rate-limit:1 @ GET /api/products*",),
        journey="visitor",
    ),
    resilience(
        "stream-reconnects-at-once",
        "The stream of an order's status is opened again at once, hundreds of times, whenever it is cut.",
        "Calls to the stream follow each other without a pause.",
        "retry-storm GET /api/orders/{id}/events",
        "silent-failure GET /api/orders/{id}/events",
        shown_by=("http:503 @ GET /api/orders/*/events",),
        journey="shopper",
    ),
    resilience(
        "stream-failure-unhandled",
        "Nobody handles that the stream of an order's status has stopped for good.",
        "The console tells of an unhandled rejection, the page goes on showing an old status.",
        "uncaught-exception GET /api/orders/{id}/events",
        "silent-failure GET /api/orders/{id}/events",
        shown_by=("http:503 @ GET /api/orders/*/events",),
        journey="shopper",
    ),
    resilience(
        "breaker-never-closes",
        "After a call has failed for good, the browser remembers that the shop is down, for ever.",
        "Long after the fault, neither Retry nor a reload nor a new log-in helps.",
        "not-recovered GET /api/products",
        shown_by=("http:503 @ GET /api/products*",),
        journey="visitor",
    ),
)
