"""What the shop can get wrong in fair weather: a journey turns red."""

from __future__ import annotations

from demo_app.catalogue.entry import Defect, DefectKind


def _functional(name: str, summary: str, expected: str, *, findings: tuple[str, ...] = (), ui: bool = False) -> Defect:
    return Defect(name=name, kind=DefectKind.FUNCTIONAL, summary=summary, expected=expected, findings=findings, ui=ui)


FUNCTIONAL: tuple[Defect, ...] = (
    _functional(
        "signup-loses-name",
        "A new account is stored without the name that was given.",
        "Red after log-in or on the profile: the name of the new shopper is missing.",
    ),
    _functional(
        "second-login-fails",
        "Whoever has logged out once is refused at the next log-in.",
        "Red at the second log-in: right password, yet 'Email or password is wrong.'",
    ),
    _functional(
        "logout-keeps-session",
        "The button Log out does nothing but show the log-in page; the browser keeps its tokens.",
        "Red after logging out: the navigation still names the user and protected pages open.",
        ui=True,
    ),
    _functional(
        "token-survives-logout",
        "Logging out answers 204 but revokes nothing on the server.",
        "Red after logging out: a call with the old access token answers 200 instead of 401.",
        findings=("token-after-logout", "refresh-after-logout"),
    ),
    _functional(
        "login-forgets-page",
        "After logging in, the page one came from is forgotten.",
        "Red after the log-in that a protected page asked for: another page opens.",
        ui=True,
    ),
    _functional(
        "visitor-sees-orders-page",
        "The page Your orders opens for a visitor who is not logged in.",
        "Red at the door of /orders: no log-in page is shown to the visitor.",
        ui=True,
    ),
    _functional(
        "product-search-ignores-query",
        "Searching lists every product, whatever was typed.",
        "Red at the search: products that do not match are listed.",
    ),
    _functional(
        "basket-loses-item",
        "Adding a second product drops the first from the basket.",
        "Red in the basket after two products: one row instead of two.",
    ),
    _functional(
        "quantity-change-ignored",
        "Changing a quantity in the basket is confirmed but not stored.",
        "Red after the change of quantity: quantity and total stay as they were.",
    ),
    _functional(
        "wrong-order-total",
        "The order is one euro dearer than the basket.",
        "Red at the confirmation: the order total differs from the total at the checkout.",
    ),
    _functional(
        "order-not-stored",
        "The order is confirmed and then not stored.",
        "Red at the order list (or the order's page): the confirmed number is not there.",
    ),
    _functional(
        "order-status-stuck",
        "A new order stays paid and is never packed or shipped.",
        "Red on the order's page: the status does not become shipped.",
    ),
    _functional(
        "stock-not-reduced",
        "Buying does not take the articles out of stock.",
        "Red where stock is compared before and after an order.",
    ),
    _functional(
        "dashboard-of-another-user",
        "A shopper's dashboard shows the figures of another shopper.",
        "Red on the dashboard: orders placed and total spent are not one's own.",
    ),
    _functional(
        "profile-change-not-saved",
        "Saving the profile says that it is saved, but nothing is stored.",
        "Red on the profile after a reload: the old name is back.",
    ),
    _functional(
        "refund-not-recorded",
        "A refund is confirmed to support and then not stored.",
        "Red after the refund, once the list is read again: the order is not refunded.",
    ),
    _functional(
        "price-change-not-saved",
        "A manager's new price is confirmed and then not stored.",
        "Red after the change, once the product is read again: the old price.",
    ),
    _functional(
        "sales-report-stale",
        "The sales report knows only the orders that were there at the start.",
        "Red in the sales report: an order made a moment ago does not change units and revenue.",
    ),
    _functional(
        "sales-csv-loses-row",
        "The CSV of the sales report lacks its last product.",
        "Red where the CSV is compared with the report: one row fewer.",
    ),
    _functional(
        "role-change-ignored",
        "An admin's role change is confirmed and then not stored.",
        "Red after the change: the user list, or the changed user's own pages, show the old role.",
    ),
    _functional(
        "audit-not-written",
        "Changes leave no entry in the audit trail.",
        "Red on the audit trail: the change that was just made is not there.",
    ),
)
