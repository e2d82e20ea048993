from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from demo_app.auth import Role, requires, requires_by
from demo_app.db import get_db
from demo_app.defects import defect_on
from demo_app.errors import ApiError

blueprint = Blueprint("reports", __name__)
COLUMNS = ("product_id", "name", "units", "revenue_cents")
_FORMULA = ("=", "+", "-", "@")


def _politely(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Answer as the view does, and have a word about how it refuses."""

    @wraps(view)
    def answered() -> ResponseReturnValue:
        try:
            return view()
        except ApiError as error:
            if not defect_on("refusal-with-200"):
                raise
            return error.body

    return answered


@blueprint.get("/reports/sales")
@_politely
@requires(Role.MANAGER, Role.ADMIN)
def sales() -> ResponseReturnValue:
    rows = _rows()
    return {
        "rows": [{column: row[column] for column in COLUMNS} for row in rows],
        "units": sum(row["units"] for row in rows),
        "revenue_cents": sum(row["revenue_cents"] for row in rows),
    }


def _readers_of_csv() -> tuple[Role, ...]:
    return () if defect_on("sales-export-unguarded") else (Role.MANAGER, Role.ADMIN)


@blueprint.get("/reports/sales.csv")
@requires_by(_readers_of_csv)
def sales_csv() -> ResponseReturnValue:
    rows = _rows()[:-1] if defect_on("sales-csv-loses-row") else _rows()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in rows)
    headers = {"Content-Disposition": 'attachment; filename="sales.csv"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _rows() -> list[sqlite3.Row]:
    only_seeded = " AND seeded" if defect_on("sales-report-stale") else ""
    return (
        get_db()
        .execute(
            "SELECT product_id, order_items.name AS name, sum(quantity) AS units,"
            " sum(quantity * unit_price_cents) AS revenue_cents"
            " FROM order_items JOIN orders ON orders.id = order_id"
            f" WHERE status NOT IN ('cancelled', 'refunded'){only_seeded}"
            " GROUP BY product_id ORDER BY product_id",
        )
        .fetchall()
    )


def _cell(value: object) -> object:
    # A name that starts like a formula would be run by a spreadsheet.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
