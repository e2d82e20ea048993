"""Page objects: where a page is, how one knows that it is ready, and where its parts are. No wrapped clicks."""

from __future__ import annotations

from typing import ClassVar

from playwright.sync_api import Locator, Page, expect


class PageObject:
    """A page of the application. Subclasses say `path`, `ready`, their locators (properties) and their steps.

    Steps are verbs and return nothing; `expect_*` methods wait for something and fail with a reason.
    """

    path: ClassVar[str] = "/"

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def ready(self) -> Locator:
        """What is visible once the page can be used; by default its first heading."""
        return self.page.get_by_role("heading", level=1)

    def open(self) -> None:
        """Goes to the page by its address and waits until it can be used."""
        self.page.goto(self.path)
        self.expect_ready()

    def expect_ready(self) -> None:
        """Waits until the page can be used."""
        expect(self.ready, f"the page {self.path} is ready").to_be_visible()


class Region:
    """A part of a page, such as the navigation or a row of a table. Everything in it is looked for below `root`."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    @property
    def page(self) -> Page:
        return self.root.page
