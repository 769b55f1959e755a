"""The client of the sign-in issuer; its responses are bounded like those of any remote service."""

from __future__ import annotations

from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session

from notifiers.shared.bounded_http import BoundedSession


class _IssuerSession(OAuth2Session, BoundedSession):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bound_answers()


class BoundedApp(FlaskOAuth2App):
    """Client app that reads the issuer's metadata, its keys and its tokens."""

    client_cls = _IssuerSession
