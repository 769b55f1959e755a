"""What comes after the files are written, as commands to type, and the link that makes the app in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.app_manifests.manifest_link import build_manifest_link
from runtime.app_manifests.slack_manifest import build_manifest
from runtime.setup.slack_checks import build_installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.routes.route import Routes
    from runtime.setup.answers import Answers


def list_next_steps(answers: Answers, command: str) -> Iterator[str]:
    """Yield lines; `command` is this program as a shell starts it."""
    yield "Next, start it in this folder:"
    yield f"  {command} serve"
    yield "Then, in a second terminal in this folder:"
    if answers.has_receiver:
        yield f"  {command} webhook register"
        yield f"  {command} canary --wait 60"
    yield f"  {command} doctor"


def describe_slack_app(answers: Answers, routes: Routes) -> str:
    """Return where the app in Slack is made; a link that would be too long becomes a command."""
    link = build_manifest_link(build_manifest(build_installation(answers, routes)))
    return (
        link or "https://api.slack.com/apps, From a manifest, with what docspace-review slack manifest prints"
    )
