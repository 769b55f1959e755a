"""The web application: which doors are open, what guards them, and the servers that run it."""

from __future__ import annotations

from runtime.web.application import create_app

__all__ = ["create_app"]
