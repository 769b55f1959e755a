"""Calls of the stand-in portal's interface, as a program with a key makes them."""

from __future__ import annotations

from typing import Any

import requests


def call(
    address: str, path: str, *, key: str, method: str = "GET", timeout: float = 60, **more: Any
) -> requests.Response:
    """Make a call; `more` is what `requests` takes, above all `json`."""
    url, headers = f"{address}/api/2.0{path}", {"Authorization": f"Bearer {key}"}
    return requests.request(method, url, headers=headers, timeout=timeout, **more)


def answer(response: requests.Response) -> Any:
    """Return what a call that succeeded asked for, without the wrapping."""
    assert response.status_code == 200, response.text
    body = response.json()
    assert (body["status"], body["statusCode"]) == (0, 200)
    return body["response"]
