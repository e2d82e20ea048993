"""Serves pictures: thumbnails and live frames out of the store, full pictures from below the folder of their run."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, abort, send_file
from werkzeug.wrappers import Response as BaseResponse

from dashboard.house import house

blueprint = Blueprint("pictures", __name__)

_KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_LONGEST_NAME = 400
_FOREVER = "private, max-age=86400, immutable"


@blueprint.get("/runs/<run:run_id>/thumbnails/<path:name>")
def thumbnail(run_id: str, name: str) -> Response:
    jpeg = house().store.thumbnail(run_id, name) if _is_sound(name) else None
    if jpeg is None:
        abort(HTTPStatus.NOT_FOUND, "This thumbnail is not in the store any more.")
    return _jpeg(jpeg, _FOREVER)


@blueprint.get("/runs/<run:run_id>/frames/<worker>")
def frame(run_id: str, worker: str) -> Response:
    """The newest live frame of a worker. Only the thread that follows the run asks the store for it."""
    found = house().follower(run_id).frames.of(worker)
    if found is None:
        abort(HTTPStatus.NOT_FOUND, "There is no live frame of this worker.")
    return _jpeg(found.jpeg, "no-store")


@blueprint.get("/runs/<run:run_id>/pictures/<path:name>")
def picture(run_id: str, name: str) -> BaseResponse:
    """A full picture; it is on the machine that walked the run, and the thumbnail is everywhere."""
    file = evidence_file(house().settings.root, run_id, name)
    if file is None:
        abort(HTTPStatus.NOT_FOUND, "The full picture is not on this machine, or was removed as old.")
    response = send_file(file, mimetype=_KINDS[file.suffix.lower()], conditional=True, etag=True)
    response.headers["Cache-Control"] = _FOREVER
    return response


def evidence_file(root: Path, run_id: str, name: str) -> Path | None:
    """The file below the run's own folder that has this name; None for everything else, wherever it leads."""
    folder = (root / "screenshots" / run_id).resolve()
    if not _is_sound(name):
        return None
    file = (folder / name).resolve()
    inside = file.is_relative_to(folder) and file.suffix.lower() in _KINDS
    return file if inside and file.is_file() else None


def _is_sound(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name.isprintable()


def _jpeg(content: bytes, caching: str) -> Response:
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = caching
    return response
