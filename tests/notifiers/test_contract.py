"""Every channel in the folder keeps the contract, also one whose author has not written a test yet."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import notifiers
from reviews.cards.notifier import RedrawingNotifier
from tests.notifiers import contract
from tests.notifiers.remote_services import REMOTE_SERVICES
from tests.notifiers.surroundings import make_channel_context

if TYPE_CHECKING:
    from types import ModuleType

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
LOCAL_CHANNELS = {"console", "comment", "inbox"}


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"notifiers.{name.replace('-', '_')}")


def test_every_channel_that_calls_a_service_has_a_stand_in() -> None:
    assert set(REMOTE_SERVICES) == set(notifiers.list_channels()) - LOCAL_CHANNELS


def test_every_channel_is_under_the_contract_that_none_imports_another() -> None:
    contracts = tomllib.loads(PROJECT.read_text())["tool"]["importlinter"]["contracts"]
    [apart] = [each for each in contracts if each["name"] == "Channels do not import each other"]

    assert set(apart["modules"]) == {
        f"notifiers.{name.replace('-', '_')}" for name in notifiers.list_channels()
    }


@pytest.mark.parametrize("name", notifiers.list_channels())
def test_takes_its_example_and_no_words(name: str) -> None:
    contract.takes_its_example_and_no_words(name, module_of(name))


@pytest.mark.parametrize("name", sorted(LOCAL_CHANNELS))
def test_a_channel_that_calls_no_service_needs_no_settings(name: str) -> None:
    assert isinstance(notifiers.build(name, make_channel_context()), RedrawingNotifier)


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_asks_for_its_settings_when_it_is_built(name: str) -> None:
    contract.asks_for_its_settings_when_it_is_built(module_of(name))


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_posts_and_tells_each_stage(name: str) -> None:
    contract.posts_and_tells_each_stage(module_of(name), REMOTE_SERVICES[name])


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_tells_each_notice(name: str) -> None:
    contract.tells_each_notice(module_of(name), REMOTE_SERVICES[name])


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_reaches_a_person_or_says_that_it_can_not(name: str) -> None:
    contract.reaches_a_person_or_says_that_it_can_not(module_of(name), REMOTE_SERVICES[name])


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_says_that_it_can_not_look_where_it_redraws_nothing(name: str) -> None:
    contract.says_that_it_can_not_look_where_it_redraws_nothing(module_of(name), REMOTE_SERVICES[name])


@pytest.mark.parametrize("name", REMOTE_SERVICES)
def test_waits_for_a_service_that_is_gone(name: str) -> None:
    contract.waits_for_a_service_that_is_gone(module_of(name), REMOTE_SERVICES[name])
