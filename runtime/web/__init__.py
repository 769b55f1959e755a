"""The web application: its endpoints, their protection, and the servers that run it."""

from __future__ import annotations

from runtime.web.application import create_app

__all__ = ["create_app"]
