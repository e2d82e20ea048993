"""Makes the application: which store and folders it reads, who may see it, and what it says when something is wrong."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from dashboard import cells, enter, history, pictures, runs, step_page, stream, styles, switches
from dashboard.blank import Blank
from dashboard.followers import Followers
from dashboard.house import KEY, House, house
from dashboard.safety import LONGEST_BODY, OPEN_ENDPOINTS, Guard
from dashboard.settings import Settings
from stormwalk.errors import StoreError
from stormwalk.reporting import words
from stormwalk.reporting.access_facts import severity_key
from stormwalk.store import Store


class RunId(BaseConverter):
    """The id of a run in an address: a plain name, which leads nowhere else as a folder."""

    regex = "[A-Za-z0-9][A-Za-z0-9_-]{0,79}"


def create_app(settings: Settings, store: Store) -> Flask:
    """The dashboard of a store. The caller closes the store after `house(app).followers.end()`."""
    app = Flask("dashboard", static_folder="static", template_folder="templates")
    guard = Guard(settings)
    app.extensions[KEY] = House(
        settings=settings, store=store, followers=Followers(store, settings.viewers), guard=guard
    )
    app.url_map.converters["run"] = RunId
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_BODY, MAX_FORM_MEMORY_SIZE=LONGEST_BODY, MAX_FORM_PARTS=20)
    _prepare_templates(app)
    guard.install(app)
    app.before_request(_renew_store)
    for part in (enter, styles, runs, history, step_page, cells, stream, pictures, switches):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(StoreError, _store_is_gone)
    return app


def _prepare_templates(app: Flask) -> None:
    # The glyphs are those of the reports, so that a status looks the same everywhere.
    own = FileSystemLoader(f"{app.root_path}/templates")
    app.jinja_loader = ChoiceLoader([own, PrefixLoader({"report": PackageLoader("stormwalk.reporting")})])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        short=words.shorten, duration=words.duration, moment=words.moment, iso=words.iso, severity=severity_key
    )
    app.jinja_env.globals.update(count=words.count, blank=Blank())
    # Now, and not while the first page is waited for: then a run may be read at the same time.
    for name in own.list_templates():
        app.jinja_env.get_template(name)
    app.context_processor(lambda: {"csrf": house().guard.csrf if house().guard.is_let_in() else ""})


def _renew_store() -> None:
    """A dashboard outlives the runs, and may outlive the file of their store."""
    if request.endpoint not in OPEN_ENDPOINTS:
        house().store.renew()


def _refuse(error: HTTPException) -> Response | tuple[str, int] | tuple[dict[str, str], int]:
    code = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
    said = error.description or HTTPStatus(code).phrase
    if code == HTTPStatus.INTERNAL_SERVER_ERROR:
        said = "The dashboard made a mistake. The terminal that it runs in says more."
    return _say(code, error.name, said)


def _store_is_gone(error: StoreError) -> tuple[str, int] | tuple[dict[str, str], int]:
    return _say(int(HTTPStatus.SERVICE_UNAVAILABLE), "The store does not answer", str(error))


def _say(code: int, title: str, said: str) -> tuple[str, int] | tuple[dict[str, str], int]:
    said = words.shorten(said, 500)
    if "text/html" not in str(request.accept_mimetypes) and request.method == "GET":
        return {"error": said}, code
    return render_template("error.html", code=code, title=words.shorten(title, 100), said=said), code
