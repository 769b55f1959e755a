"""The channels are found by walking the folder, and know the form of their addresses."""

from __future__ import annotations

import pytest

import notifiers
from notifiers import slack


def test_the_channels_are_found_by_walking_the_folder() -> None:
    assert {"console", "slack"} <= set(notifiers.list_channels())
    assert notifiers.list_channels() == sorted(notifiers.list_channels())


@pytest.mark.parametrize("address", ["C0123456789", "G01ABCDEF", "D024BE91L", "C1"])
def test_slack_takes_the_ids_of_channels(address: str) -> None:
    assert slack.why_not(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "general",
        "#general",
        "C01 23",
        "c0123456789",
        "U0123456789",
        "C",
        "",
        "C0123456789\n",
        "C0123456789/p1",
    ],
)
def test_slack_says_what_is_no_id_and_where_to_find_it(address: str) -> None:
    assert slack.why_not(address) == (
        f"{address!r} is not a Slack channel id: open the channel's details in Slack and copy "
        "the id, as in 'slack:C0123456789'"
    )


@pytest.mark.parametrize("name", ["apprise", "teams"])
@pytest.mark.parametrize(
    ("address", "taken"),
    [("audit", True), ("profile", True), ("file_room", True), ("file", False), ("audit_file", False)],
)
def test_an_address_whose_setting_would_name_a_file_is_refused(
    name: str, address: str, *, taken: bool
) -> None:
    form = notifiers.list_address_forms()[name]

    assert form is not None
    assert (form.find_problem(address) is None) is taken


def test_channels_that_are_not_silent_are_listed_by_leaving_the_silent_out() -> None:
    assert set(notifiers.list_channels()) - notifiers.list_silent_channels() >= {"slack", "mail", "console"}
