"""The link that opens Slack's form with our manifest."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reviews.routes.route import Routes
from runtime.app_manifests.manifest_link import MAX_LINK_LENGTH, build_manifest_link
from runtime.app_manifests.slack_manifest import Installation, build_manifest
from tests.reviews.samples import route


@pytest.fixture
def manifest() -> dict[str, Any]:
    installation = Installation(
        address="https://reviews.example.com",
        command="/reviews",
        portal="acme.onlyoffice.com",
        routes=Routes([route()]),
    )
    return build_manifest(installation)


def test_the_link_holds_the_whole_manifest(manifest: dict[str, Any]) -> None:
    link = build_manifest_link(manifest)

    query = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert link.startswith("https://api.slack.com/apps?")
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == manifest
    assert len(link) <= MAX_LINK_LENGTH
    assert link.isascii()


def test_a_link_that_is_too_long_is_none(manifest: dict[str, Any]) -> None:
    assert build_manifest_link({**manifest, "long": "x" * MAX_LINK_LENGTH}) == ""
