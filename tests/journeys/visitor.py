"""A person with a browser at an acknowledge page."""

from __future__ import annotations

import re

import requests


class AcknowledgePageVisitor:
    """Sends with each form the token of the page that was seen last."""

    def __init__(self, link: str) -> None:
        self._link = link.partition("#")[0]
        self._session = requests.Session()
        self._seen = self._session.get(self._link, timeout=60)

    @property
    def page(self) -> str:
        return self._seen.text

    def send(self, step: str, **form: str) -> requests.Response:
        [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', self._seen.text)
        data = {"csrf_token": token, **form}
        self._seen = self._session.post(f"{self._link}{step}", data=data, timeout=60)
        return self._seen

    def sign_in(self) -> None:
        """Follow the link to the issuer, and come back; AssertionError if no person is known then."""
        token = self._link.rpartition("/")[2]
        self._seen = self._session.get(self._link.replace(f"/ack/{token}", f"/sign-in/{token}"), timeout=60)
        assert "You are" in self._seen.text
