"""The channel through Workflows, on a real web server."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from notifiers import teams
from notifiers.teams import Teams
from reviews.cards.card_drawing import draw_card
from reviews.errors import RemoteError
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.notifiers.surroundings import LINK, make_channel_context
from tests.reviews.samples import review

if TYPE_CHECKING:
    from reviews.model import Review

MICROSOFT = (
    "https://0a1b2c3d4e5f.09.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows"
    f"/0a1b2c/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIG}"
)


def channel(address: str, hosts: str = "", *, patience: float = 60.0) -> Teams:
    built = teams.build(
        make_channel_context(TEAMS_WORKFLOW_EU_1=address, TEAMS_ALLOW_HOSTS=hosts, addresses=["eu-1"])
    )
    assert built.post_interval.total_seconds() >= 0.5  # 60 in thirty seconds
    return Teams({"eu-1": address}, lambda _: LINK, timeout=patience)


def posted(sink: WorkflowsSink, review: Review) -> dict[str, Any]:
    """Post a card and return what then stands in the channel."""
    card = draw_card(review)
    assert channel(sink.url, sink.host).post("eu-1", card) == card.stage
    [post] = sink.posts
    return post


def failure(address: str, *, patience: float = 60.0) -> RemoteError:
    """Post a card and return the error; nothing that may be logged of it holds the secret."""
    with pytest.raises(RemoteError) as caught:
        Teams({"eu-1": address}, lambda _: LINK, timeout=patience).post("eu-1", draw_card(review()))
    assert str(caught.value).startswith("TEAMS_WORKFLOW_EU_1: ")
    assert SIG not in "".join(traceback.format_exception(caught.value))
    return caught.value
