"""The JSON API, one blueprint a file; each checks rights first, then what it was sent."""

from __future__ import annotations

from flask import Flask

from demo_app.api import admin, basket, dashboard, events, me, orders, products, reports, session, support, users

BLUEPRINTS = (
    users.blueprint,
    session.blueprint,
    me.blueprint,
    products.blueprint,
    basket.blueprint,
    orders.blueprint,
    events.blueprint,
    support.blueprint,
    dashboard.blueprint,
    reports.blueprint,
    admin.blueprint,
)


def register_api(app: Flask) -> None:
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix="/api")
