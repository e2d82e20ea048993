"""A small suite of somebody who has never heard of us: pytest-playwright, page objects of their own, and a fixture.

It is copied into a folder of its own by the test beside this package, and not collected from here.
"""
