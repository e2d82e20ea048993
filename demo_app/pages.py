"""The pages: plain HTML shells; their modules ask the API for data, so no data is in them to leak."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from demo_app.db import get_db
from demo_app.defects import active_ui_defects, defect_on
from demo_app.settings import read_settings

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: where it is, what it is called, its module and template, and who may open it."""

    path: str
    name: str
    title: str
    roles: str = ""


PAGES = (
    Page(path="/", name="catalogue", title="Products"),
    Page(path="/login", name="login", title="Log in"),
    Page(path="/signup", name="signup", title="Sign up"),
    Page(path="/products/<id:number>", name="product", title="Product"),
    Page(path="/basket", name="basket", title="Your basket", roles="shopper"),
    Page(path="/checkout", name="checkout", title="Checkout", roles="shopper"),
    Page(path="/orders", name="orders", title="Your orders", roles="shopper"),
    Page(path="/orders/<id:number>", name="order", title="Order", roles="shopper support admin"),
    Page(path="/dashboard", name="dashboard", title="Dashboard", roles="shopper support manager admin"),
    Page(path="/profile", name="profile", title="Your profile", roles="shopper support manager admin"),
    Page(path="/support", name="support", title="All orders", roles="support admin"),
    Page(path="/manage/products", name="manage_products", title="Manage products", roles="manager admin"),
    Page(path="/manage/sales", name="sales", title="Sales report", roles="manager admin"),
    Page(path="/admin/users", name="users", title="Users", roles="admin"),
    Page(path="/admin/audit", name="audit", title="Audit trail", roles="admin"),
    Page(path="/admin/settings", name="settings", title="Settings", roles="admin"),
)
SHELL = Page(path="", name="shell", title="Not found")


def html_of(page: Page, number: int | None = None) -> Response:
    html = render_template(
        f"{page.name}.html",
        page=page,
        number=number,
        shop_name=read_settings().shop_name,
        timeout_ms=current_app.config["SHOP"].call_timeout_ms,
        flags=" ".join(active_ui_defects()),
        came_from=_came_from(),
    )
    return Response(html, headers={"Cache-Control": "no-cache"})


def _add(page: Page) -> None:
    def show(number: int | None = None) -> ResponseReturnValue:
        return html_of(page, number)

    blueprint.add_url_rule(page.path, page.name, show)


@blueprint.app_template_global()
def settings_too_early() -> dict[str, object] | None:
    """The settings, for a page that holds them before anybody has asked who is there."""
    return asdict(read_settings()) if defect_on("settings-in-page") else None


def _came_from() -> str:
    """The part of an address that takes the page one came from along to the next one."""
    page = request.args.get("next")
    return f"?{urlencode({'next': page})}" if page else ""


for _page in PAGES:
    _add(_page)


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    return current_app.send_static_file("favicon.svg")


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    if request.args.get("beat") == "1" and defect_on("poll-fails-once"):
        return {"status": "busy"}, 503
    return {"status": "ok", "products": _products()}


def _products() -> int:
    return int(get_db().execute("SELECT count(*) FROM products").fetchone()[0])
