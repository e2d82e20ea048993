"""A small shop to test: resilient by default, with defects that can be switched on.

It imports nothing from the rest of the repository: to the tester it is a black box.
"""

from __future__ import annotations

from demo_app.app import create_app as create_app
