"""Every channel in the folder keeps the contract: it is found, and it is built without connecting."""

from __future__ import annotations

import importlib

import pytest

import notifiers
from notifiers import Surroundings

SURROUNDINGS = Surroundings(
    setting=lambda name: f"http://127.0.0.1:9/{name}" if name.endswith("URL") else f"a-{name.lower()}",
    acknowledge_link=lambda card: f"http://127.0.0.1/ack/{card.review_id}",
)


def test_the_channels_are_found_by_walking_the_folder() -> None:
    assert {"console", "slack"} <= set(notifiers.names())
    assert notifiers.names() == sorted(notifiers.names())


@pytest.mark.parametrize("name", notifiers.names())
def test_every_channel_can_be_built_and_says_what_it_is(name: str) -> None:
    module = importlib.import_module(f"notifiers.{name}")

    assert callable(module.build)
    assert module.__doc__


@pytest.mark.parametrize("name", ["console", "slack"])
def test_a_built_channel_posts_and_updates(name: str) -> None:
    built = notifiers.build(name, SURROUNDINGS)

    assert callable(built.post)
    assert callable(built.update)
