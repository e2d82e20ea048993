from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter, Map

from demo_app import db, pages
from demo_app.api import register_api
from demo_app.config import MAX_BODY_BYTES, MEMORY, ShopConfig
from demo_app.defects import defects_of_environment, known_defects
from demo_app.errors import register_errors
from demo_app.overrides import install_overrides
from demo_app.permissions import init_permissions
from demo_app.rate import install_limit
from demo_app.shell import register_shell

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class IdConverter(IntegerConverter):
    """An id that SQLite can hold; a longer number is a page that does not exist."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=2**31 - 1)


def create_app(
    *,
    database: str = MEMORY,
    defects: Iterable[str] | None = None,
    token_minutes: float = 15.0,
    order_step_ms: int = 400,
    call_timeout_ms: int = 8000,
    fault_hooks: bool = False,
) -> Flask:
    """Make the shop. Without `defects`, those named in the environment are on."""
    names = defects_of_environment() if defects is None else defects
    config = ShopConfig(
        database=database,
        defects=known_defects(names),
        token_minutes=token_minutes,
        order_step_ms=order_step_ms,
        call_timeout_ms=call_timeout_ms,
        fault_hooks=fault_hooks,
    )
    return app_of(config)


def app_of(config: ShopConfig) -> Flask:
    app = Flask(__name__)
    app.config.update(SHOP=config, MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["id"] = IdConverter
    db.init_app(app, config.database)
    register_errors(app)
    register_api(app)
    app.register_blueprint(pages.blueprint)
    init_permissions(app, hooks=config.fault_hooks)
    register_shell(app)
    install_limit(app)
    install_overrides(app)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
