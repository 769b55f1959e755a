"""Links to documents in Slack: the state of the review, to those only who can read its card anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.slack.listener_threads import AwaitableAck
from bot.slack.unfurling import Unfurls
from notifiers.slack import make_client
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision
from reviews.routes.route import Routes
from tests.bot.odd import variants
from tests.bot.slack_installation import CHANNEL, DANA, PORTAL, STRANGER
from tests.bot.socket_installation import OVER_BOTH_WAYS
from tests.edge.slack_signing import Spoil
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import HOSTILE, LINK, event, route

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation

FILE = f"https://{PORTAL}/doceditor?fileId=3358285"


def pasted(*urls: str, channel: str = CHANNEL, user: str = STRANGER, **more: Any) -> dict[str, Any]:
    """What Slack says of a message with these links."""
    return {
        "type": "link_shared",
        "channel": channel,
        "user": user,
        "message_ts": "1760000000.000100",
        "unfurl_id": "C1.1",
        "source": "conversations_history",
        "is_bot_user_member": True,
        "links": [{"domain": PORTAL, "url": url} for url in urls],
        **more,
    }


def paste(installation: SlackInstallation, *urls: str, **more: Any) -> list[dict[str, Any]]:
    """Paste links, wait until everything is done, and return what was shown under messages."""
    assert installation.side.event(pasted(*urls, **more)).status == 200
    installation.close()
    return installation.slack.unfurls


def text_of(shown: dict[str, Any], url: str = FILE) -> str:
    return str(shown["unfurls"][url]["blocks"][0]["text"]["text"])


@OVER_BOTH_WAYS
def test_an_open_review_is_said_to_wait_with_the_way_to_its_card(installation: SlackInstallation) -> None:
    card = installation.card()

    [shown] = paste(installation, FILE)

    assert (shown["channel"], shown["ts"]) == (CHANNEL, "1760000000.000100")
    assert "AML Policy 2026.docx" in text_of(shown)
    assert "Waiting for review since" in text_of(shown)
    assert f"/archives/{CHANNEL}/p{card['ts'].replace('.', '')}" in str(shown)


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (Decision.ACKNOWLEDGE, "Reviewed by Dana Ozola"),
        (Decision.REQUEST_CHANGES, "Changes requested by Dana Ozola"),
    ],
)
def test_an_answered_review_says_who_and_when_and_mentions_no_one(
    installation: SlackInstallation, decision: Decision, sentence: str
) -> None:
    installation.card()
    installation.desk.answers.record_answer(
        build_answer_request(installation.review(), decision=decision, note="Section 4 is secret.")
    )

    [shown] = paste(installation, FILE)

    assert sentence in text_of(shown)
    assert "<!date^" in text_of(shown)
    assert "<@" not in str(shown)
    assert "Section 4" not in str(shown)
    assert installation.review().path not in str(shown)


@pytest.mark.parametrize(
    "url",
    [
        FILE,
        f"https://{PORTAL}/Products/Files/DocEditor.aspx?FileID=3358285&action=view",
        f"https://{PORTAL.upper()}/media/view/3358285",
    ],
)
def test_every_way_to_name_the_document_is_understood(installation: SlackInstallation, url: str) -> None:
    installation.card()

    assert [list(shown["unfurls"]) for shown in paste(installation, url)] == [[url]]


@pytest.mark.parametrize(
    "url",
    [
        f"https://{PORTAL}/doceditor?fileId=47",
        f"https://{PORTAL}/",
        "https://evil.example/doceditor?fileId=3358285",
        f"https://{PORTAL}.evil.example/doceditor?fileId=3358285",
        f"https://{PORTAL}@evil.example/doceditor?fileId=3358285",
        "https://[/doceditor?fileId=3358285",
        "3358285",
        "",
    ],
)
def test_nothing_is_said_of_what_is_not_known_or_not_the_portals(
    installation: SlackInstallation, url: str
) -> None:
    installation.card()

    assert paste(installation, url) == []


@pytest.mark.parametrize("user", [STRANGER, DANA])
@pytest.mark.parametrize("channel", ["C2", "COMPOSER", "D1", ""])
def test_no_other_channel_hears_of_a_review_when_the_link_is_pasted(
    installation: SlackInstallation, channel: str, user: str
) -> None:
    installation.card()

    assert paste(installation, FILE, channel=channel, user=user) == []
    assert installation.slack.calls("chat.unfurl") == []


def test_a_route_that_keeps_titles_private_shows_none_under_a_link(installation: SlackInstallation) -> None:
    installation.card()
    rules = Routes([replace(rule, private=True) for rule in installation.desk.routes.all])
    unfurls = Unfurls(
        make_client(installation.slack.token, installation.slack.api_url),
        host=PORTAL,
        routes=rules,
        transactions=installation.desk.transactions,
        clock=installation.desk.clock,
    )

    unfurls.handle_link_shared(AwaitableAck(), pasted(FILE), {"event_id": "Ev1"})

    assert installation.slack.unfurls == []


def test_before_the_card_stands_there_nothing_is_said(installation: SlackInstallation) -> None:
    installation.card()
    installation.desk.answers.record_answer(build_answer_request(installation.review()))
    installation.desk.portal.versions["3358285"] = 9
    installation.desk.open(event())

    assert paste(installation, FILE) == []


@OVER_BOTH_WAYS
def test_an_event_that_slack_sends_again_shows_nothing_twice(installation: SlackInstallation) -> None:
    installation.card()

    for _ in range(3):
        assert installation.side.event(pasted(FILE), event_id="Ev1").status == 200
    installation.side.event(pasted(FILE), event_id="Ev2")
    installation.close()

    assert len(installation.slack.unfurls) == 2


def test_a_known_link_among_others_is_shown_alone(installation: SlackInstallation) -> None:
    installation.card()

    [shown] = paste(installation, f"https://{PORTAL}/doceditor?fileId=47", FILE)

    assert list(shown["unfurls"]) == [FILE]


def test_a_hostile_title_is_shown_as_it_is(installation: SlackInstallation) -> None:
    installation.card(title=HOSTILE)

    [shown] = paste(installation, FILE)

    assert "|&lt;!channel&gt; " in text_of(shown)
    assert " &lt;@U1&gt;>*" in text_of(shown)
    assert "<!channel>" not in text_of(shown)
    assert "<@U1>" not in text_of(shown)


def test_a_name_that_nothing_proved_is_said_to_be_so(installation: SlackInstallation) -> None:
    installation.card()
    installation.desk.follow(Routes([route(**LINK)]))
    someone = Reviewer(name="<!here> Dana")
    installation.desk.answers.record_answer(
        build_answer_request(installation.review(), reviewer=someone, identity=Identity.LINK)
    )

    [shown] = paste(installation, FILE)

    assert "Reviewed by &lt;!here&gt; Dana (not verified), " in text_of(shown)
    assert "<!here>" not in text_of(shown)


@pytest.mark.parametrize("mode", ["missing_scope", "cannot_unfurl_url", "500_before", "drop_before", "429"])
def test_what_slack_does_not_show_is_one_line_in_the_log(installation: SlackInstallation, mode: str) -> None:
    installation.card()
    installation.slack.fail("chat.unfurl", mode)

    with capture_logs() as logs:
        shown = paste(installation, FILE)

    assert shown == []
    assert [entry["event"] for entry in logs if entry["log_level"] != "info"] == ["unfurl_not_shown"]


def test_without_the_right_nothing_is_shown_and_the_log_names_it(installation: SlackInstallation) -> None:
    installation.card()
    installation.slack.scopes.discard("links:write")

    with capture_logs() as logs:
        shown = paste(installation, FILE)

    assert shown == []
    [entry] = [entry for entry in logs if entry["event"] == "unfurl_not_shown"]
    assert "links:write" in entry["reason"]


def test_where_the_way_to_the_card_is_not_told_the_rest_is_shown(installation: SlackInstallation) -> None:
    installation.card()
    installation.slack.fail("chat.getPermalink", "500_before")

    [shown] = paste(installation, FILE)

    assert "AML Policy 2026.docx" in text_of(shown)
    assert "Go to the card" not in str(shown)


def test_slack_has_its_answer_before_it_is_asked_to_show_anything(installation: SlackInstallation) -> None:
    installation.card()
    installation.settles = False
    installation.slack.hang_seconds = 30
    installation.slack.fail("chat.getPermalink", "hang")

    assert installation.side.event(pasted(FILE)).status == 200
    assert installation.slack.unfurls == []


def test_a_spoilt_event_shows_nothing(installation: SlackInstallation) -> None:
    installation.card()

    statuses = [
        installation.side.event(pasted(FILE), spoil=spoil).status
        for spoil in (Spoil(secret="x"), Spoil(flip_byte=True), Spoil(age=301), Spoil(team_id="T0OTHER"))
    ]
    installation.close()

    assert set(statuses) == {401}
    assert installation.slack.unfurls == []


def test_whatever_a_member_is_nothing_of_ours_fails(installation: SlackInstallation) -> None:
    installation.card()

    for number, odd in enumerate(variants(pasted(FILE))):
        assert installation.side.event({**odd, "channel": "C2"}).status in {200, 400, 404}, odd
        installation.unfurls.handle_link_shared(AwaitableAck(), odd, {"event_id": f"Ev{number}"})

    assert {shown["channel"] for shown in installation.slack.unfurls} == {CHANNEL}
