"""What comes to each door, and what holds of every answer, whatever was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hypothesis.strategies import SearchStrategy

from tests.fuzz import activities, forms, signed_slack, strays, webhooks
from tests.fuzz.installation import ADDRESS, SECRETS, FuzzedApplication
from tests.fuzz.sending import RawRequest

if TYPE_CHECKING:
    from tests.fuzz.sending import RawAnswer

Door = Callable[[FuzzedApplication], SearchStrategy[RawRequest]]

DOORS: Mapping[str, Door] = {
    "webhook": webhooks.proven,
    "slack": signed_slack.proven,
    "teams": activities.proven,
    "teams command": activities.proven_commands,
    "acknowledge page": forms.acknowledge,
    "sign-in": forms.sign_in,
    "history": forms.history,
    "inbox": forms.inbox,
    "health and figures": strays.measures,
}
"""What people and services send who have proven who they are, and visits of strangers among them."""

FORGED: Mapping[str, Door] = {
    "webhook, forged": webhooks.forged,
    "slack, forged": signed_slack.forged,
    "teams, forged": activities.forged,
    "teams command, forged": activities.forged_commands,
    "pages, forged": forms.forged,
    "anything else": strays.unproven,
}
"""What changes nothing that is worth forging."""

_INSIDE = re.compile(r"/(?![/\\])")
_TRACES = (b"Traceback", b'File "/', b"sqlalchemy", b"psycopg", b"site-packages")


def mistakes(at: FuzzedApplication, request: RawRequest, answer: RawAnswer) -> list[str]:
    """Return what is wrong with an answer."""
    problems = []
    if answer.status >= 500 and answer.status != 503:
        problems.append(f"the status is {answer.status}")
    if request.method == "POST" and not request.proven and answer.status < 400:
        problems.append(f"it was believed: {answer.status}")
    if not answer.headers.get("content-type"):
        problems.append("the answer has no Content-Type")
    content = answer.body + b"\n".join(f"{name}: {value}".encode() for name, value in answer.headers.items())
    problems += ["a secret stands in the answer" for secret in _secrets(at) if secret.encode() in content]
    # The sender of these words may read them again.
    asked = str(request).encode()
    problems += [
        f"the answer holds {trace!r}" for trace in _TRACES if trace in content and trace not in asked
    ]
    place = answer.headers.get("location", "/")
    if not place.startswith((f"{ADDRESS}/", f"{at.issuer.root}/authorize?")) and not _INSIDE.match(place):
        problems.append(f"it leads away, to {place!r}")
    return problems


def _secrets(at: FuzzedApplication) -> tuple[str, ...]:
    """Return what never stands in an answer."""
    return (*SECRETS.values(), at.slack.token, at.teams.password)
