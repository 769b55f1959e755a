"""Defects are reported to Sentry by setting: what was raised where, once, and no secret with it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from runtime.observe import sentry
from runtime.settings.settings import UnusableSettings, load
from runtime.settings.version import read_version
from tests.edge.http_sink import HttpSink
from tests.keys import SECRET_KEY

TOKEN = "xoxb-0123456789-abcdef"
_SCRIPT = """
import structlog
from runtime.observe import logs
from runtime.settings.settings import load
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from flask import Flask

settings = load()
logs.prepare(settings)
app = build_application(Wiring(settings))

@app.post("/fails")
def fails():
    local = "only-a-local-variable"
    raise RuntimeError("refused xoxb-0123456789-abcdef of dana@company.com")

answer = app.test_client().post("/fails", data="the body of a request", headers={"X-Header": "of a request"})
assert answer.status_code == 500
structlog.get_logger().warning("work_delayed", reason="no defect")
"""


def reported(sink: HttpSink) -> list[dict[str, Any]]:
    """Return the events of all envelopes that arrived."""
    events = []
    for request in sink.sent:
        body = request.body
        lines = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).splitlines()
        headers, items = json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
        assert "event_id" in headers
        events += [
            item for kind, item in zip(items[::2], items[1::2], strict=True) if kind["type"] == "event"
        ]
    return events


def test_an_exception_at_the_edge_arrives_once_and_without_private_data(
    database_url: str,
) -> None:
    with HttpSink() as sink:
        settings = {
            "PATH": os.defpath,
            "DATABASE_URL": database_url,
            "SENTRY_DSN": f"http://public@{sink.place}/7",
            "SLACK_BOT_TOKEN": TOKEN,
            "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!",
            "ROUTES": '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
            'identity = "link"\nsegregation_of_duties = "off"\n',
            "SECRET_KEY": SECRET_KEY,
        }
        command = [sys.executable, "-c", _SCRIPT]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        events = reported(sink)

    assert done.returncode == 0, done.stderr
    [event] = events
    [raised] = event["exception"]["values"]
    assert (raised["type"], raised["value"]) == ("RuntimeError", "refused [secret] of d…@company.com")
    assert event["release"] == f"docspace-review@{read_version()}"
    assert event["tags"] == {"line": "request_failed"}
    whole = json.dumps(event)
    private = (TOKEN, "only-a-local-variable", "body of a request", "of a request", "Compl1ance!", SECRET_KEY)
    assert [word for word in private if word in whole] == []
    members = {name for name, value in event.items() if value}
    assert members & {"server_name", "request", "user", "breadcrumbs", "extra"} == set()


def test_an_address_that_is_none_is_said_without_it() -> None:
    settings = load({"sentry_dsn": "nonsense-with-a-secret"})

    with pytest.raises(UnusableSettings) as refusal:
        sentry.start(settings)

    assert str(refusal.value) == "SENTRY_DSN is no address of a project in Sentry: copy it anew"
