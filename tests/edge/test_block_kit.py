"""The checker against payloads Slack refuses, and against some that it takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edge.bad_payloads import (
    BAD_MESSAGES,
    BAD_VIEWS,
    CONFIRM,
    actions,
    message,
    modal,
    options,
    rich,
    rich_text,
    section,
    table,
    words,
)
from tests.edge.block_kit import Surface, find_problems, list_pings
from tests.edge.sample_card import Json, button, home_view, mrkdwn, note_modal, plain, review_card


@pytest.mark.parametrize(
    ("payload", "pointer"), [pytest.param(p, at, id=name) for name, p, at in BAD_MESSAGES]
)
def test_a_message_slack_would_refuse_is_reported_with_its_place(payload: Json, pointer: str) -> None:
    mistakes = find_problems(payload, surface="message")

    assert any(f"[json-pointer:{pointer}]" in each for each in mistakes), mistakes


@pytest.mark.parametrize(
    ("view", "surface", "pointer"), [pytest.param(v, on, at, id=name) for name, v, on, at in BAD_VIEWS]
)
def test_a_view_slack_would_refuse_is_reported_with_its_place(
    view: Json, surface: Surface, pointer: str
) -> None:
    mistakes = find_problems(view, surface=surface)

    assert any(f"[json-pointer:{pointer}]" in each for each in mistakes), mistakes


def test_problems_are_worded_as_slack_words_them() -> None:
    payload = message({"type": "header", "text": plain("x" * 151)})

    assert find_problems(payload, surface="message") == [
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


GOOD_MESSAGES: list[Json] = [
    review_card(),
    {"text": "Just a sentence."},
    message(table(*[["x" * 5] * 20] * 100)),
    {"text": "x", "attachments": [{"blocks": [section()], "color": "#2eb886", "fallback": "x"}]},
    message({"type": "divider"}, section(accessory=button("a", "Go"))),
    message(actions(button("a", "Go", confirm=CONFIRM), button("b", "Stop", style="danger"))),
    message(actions({"type": "overflow", "action_id": "o", "options": options(1)})),
    message(section(accessory={"type": "multi_static_select", "action_id": "m", "options": options(3)})),
    message({"type": "markdown", "text": "# Title & <b>more</b>"}),
    message({"type": "image", "image_url": "https://e.x/i.png", "alt_text": "A page"}),
    message(section(text=mrkdwn("> quoted\n>also quoted"))),
    rich_text(
        {
            "type": "rich_text_quote",
            "elements": [{"type": "text", "text": "<!channel> & *x*", "style": {"strike": True}}],
        }
    ),
    message(rich(words("<!channel> *as it is* & <b>"), words(" ", style={"strike": True, "bold": False}))),
    message(rich(words(), {"type": "link", "url": "https://e.x"}, kind="rich_text_quote", border=1)),
]


def test_a_message_slack_takes_has_no_problems(subtests: pytest.Subtests) -> None:
    for payload in GOOD_MESSAGES:
        with subtests.test(payload=payload):
            assert find_problems(payload, surface="message") == []


def test_views_slack_takes_have_no_problems() -> None:
    assert find_problems(note_modal(), surface="modal") == []
    assert find_problems(home_view(), surface="home") == []
    assert (
        find_problems(modal(blocks=[{"type": "alert", "text": plain("x"), "level": "info"}]), surface="modal")
        == []
    )


def test_every_ping_is_listed_once_wherever_it_stands() -> None:
    payload = message(
        section(text=mrkdwn("<@U1|dana> and <!subteam^S7|@law>"), fields=[mrkdwn("<!here>")]),
        {"type": "context", "elements": [mrkdwn("<@U1>")]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U9"}]}],
        },
        text="<!channel> look",
    )

    assert list_pings(payload) == ["<!channel>", "<@U1>", "<!subteam^S7>", "<!here>", "<@U9>"]


def test_bare_names_ping_only_when_slack_is_told_to_link_them() -> None:
    assert list_pings({"text": "@channel look"}) == []
    assert list_pings({"text": "@channel look", "link_names": True}) == ["<!channel>"]


def test_plain_and_escaped_text_ping_no_one() -> None:
    hostile = {"type": "header", "text": plain("<!channel> pay.docx")}

    assert list_pings(message(hostile, section(text=mrkdwn("&lt;!channel&gt; pay.docx")))) == []
    assert list_pings(review_card()) == []


WORDS = st.sampled_from(
    ["type", "text", "blocks", "elements", "section", "actions", "button", "mrkdwn", "<!here>"]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(WORDS, inside, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, ANY_JSON, max_size=4), st.lists(ANY_JSON, max_size=3))
def test_no_json_however_odd_breaks_the_checker(payload: Json, blocks: list[Any]) -> None:
    odd = payload | {"blocks": blocks}

    assert all("[json-pointer:/" in each for each in find_problems(odd, surface="message"))
    assert find_problems(odd, surface="modal")
    assert set(list_pings(odd)) <= {"<!here>"}
