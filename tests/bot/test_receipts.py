"""`receipt` in Slack and Teams: how much is proven and by what, and where to download it."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.command_parser import parse
from bot.command_replies import HelpReply, LabeledCode, LinkReply, SentenceReply
from bot.command_requests import HelpRequest, ReceiptRequest
from bot.receipts import describe_receipt
from bot.slack.reply_view import draw_reply as draw_in_slack
from bot.teams.commands import UnidentifiedRequester
from bot.teams.reply_cards import draw_reply as draw_in_teams
from reviews.evidence.checkpoints import Checkpoint
from reviews.language import use_language
from reviews.ledger.receipts import Receipt
from runtime.evidence.ledger_key import NO_KEYS
from store.unit_of_work import SqlUnitOfWork
from tests.bot.channels import CARDS, COMMAND, Channels
from tests.bot.chat_parts import make_review_address
from tests.bot.slack_installation import CHANNEL, DANA, STRANGER, SlackInstallation
from tests.bot.teams import teams_installation
from tests.edge.adaptive_cards import find_flaws
from tests.edge.block_kit import find_problems
from tests.edge.fake_teams import FakeTeams
from tests.runtime.signed_ledger import ORIGIN, sign_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ADDRESS = "https://reviews.example.com/reviews/rev-1"


@pytest.fixture
def with_pages(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    """Yield an installation in Slack that has pages."""
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), way_in=lambda _person: "")
    yield made
    made.close()


def ask(
    installation: SlackInstallation, text: str, user: str = DANA, channel: str = CHANNEL
) -> dict[str, Any]:
    """Type the command, and return the private reply."""
    before = len(installation.slack.private_replies(user))
    assert installation.side.slash(user, COMMAND, text, channel).status == 200
    return dict(installation.slack.wait_for(lambda: installation.slack.private_replies(user)[before:])[-1])


@pytest.mark.parametrize("subject", ["rev-1", "3358285", "https://acme.example.com/doceditor?fileid=3358285"])
def test_it_says_what_is_proven_and_leads_to_the_page(with_pages: SlackInstallation, subject: str) -> None:
    with_pages.card()
    key = sign_desk(with_pages.desk)

    reply = ask(with_pages, f"receipt {subject}")

    assert reply["text"] == (
        "The receipt of review rev-1 proves 1 entry of the ledger, up to entry 1.\n\n"
        f"• Signed checkpoint: {ORIGIN}, up to entry 1\n• Verifier key: `{key}`"
    )
    [button] = reply["blocks"][-1]["elements"]
    assert (button["text"]["text"], button["url"]) == ("Go to the receipt", ADDRESS)
    assert find_problems(reply, surface="message") == []


def test_without_pages_it_names_the_command(installation: SlackInstallation) -> None:
    installation.card()
    sign_desk(installation.desk)

    reply = ask(installation, "receipt rev-1", STRANGER)

    assert "• The operator of this app gets it by: `docspace-review ledger receipt rev-1`" in reply["text"]
    assert [each["type"] for each in reply["blocks"]] == ["section", "section"]


def test_the_command_that_it_names_reads_no_id_as_an_option() -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=1, root=bytes(32))
    receipt = Receipt(
        review_id="-dl-7sbjmi2D",
        count=1,
        last=1,
        checkpoint=checkpoint,
        verifier_keys=(),
        iterate_parts=lambda: iter(()),
    )

    reply = describe_receipt(receipt, None)

    assert isinstance(reply, SentenceReply)
    assert [code.code for code in reply.codes] == ["docspace-review ledger receipt -- -dl-7sbjmi2D"]


def test_in_teams_it_is_a_card_with_a_button(engine: sa.Engine) -> None:
    with FakeTeams(hang_seconds=0.5) as fake:
        made = teams_installation.TeamsInstallation(
            fake, engine, partial(SqlUnitOfWork, engine), way_in=lambda _person: ""
        )
        made.card()
        key = sign_desk(made.desk)
        assert made.side.say(teams_installation.DANA, teams_installation.ALONE, "receipt rev-1").status == 200
        card = fake.messages(teams_installation.ALONE)[-1]["attachments"][0]["content"]

    text = teams_installation.read_text(card)
    assert "The receipt of review rev-1 proves 1 entry of the ledger, up to entry 1." in text
    assert f"Verifier key: {key}" in json.dumps(card)  # to the letter: people copy it
    [button] = card["actions"]
    assert (button["title"], button["url"]) == ("Go to the receipt", ADDRESS)
    assert find_flaws(card) == ["it has no fallbackText"]  # the message has a summary


def test_what_is_not_signed_yet_is_said_and_nothing_else(installation: SlackInstallation) -> None:
    installation.card()

    without_key = ask(installation, "receipt rev-1")
    sign_desk(installation.desk)
    installation.desk.portal.versions["3358285"] += 1
    installation.card()
    uncovered = ask(installation, "receipt rev-1")

    assert without_key["text"].startswith("There is no receipt: the ledger has no key to sign with.")
    assert uncovered["text"].startswith("There is no receipt yet: the last entries of this review are not")


def test_an_unknown_review_is_answered_as_by_show(installation: SlackInstallation) -> None:
    assert ask(installation, "receipt rev-9")["text"] == ask(installation, "show rev-9")["text"]


def test_of_a_private_route_only_those_responsible_are_answered(slack: FakeSlack, engine: sa.Engine) -> None:
    channels = Channels(slack, engine)
    channels.follow(private=True)
    channels.change(title="Merger with Globex.docx")
    sign_desk(channels.desk)

    replies = [ask(channels, "receipt rev-1", user, CARDS)["text"] for user in (DANA, STRANGER)]
    overheard = channels.commands.answer(ReceiptRequest(subject="rev-1"), UnidentifiedRequester())
    channels.close()

    assert replies[0].startswith("The receipt of review rev-1 proves ")
    refusal = "The receipt has titles and notes that only those responsible for the review may see."
    assert replies[1] == refusal
    assert isinstance(overheard, SentenceReply)
    assert overheard.sentence == refusal


def test_a_process_without_the_key_leaves_it_out(installation: SlackInstallation) -> None:
    installation.card()
    sign_desk(installation.desk)
    installation.desk.ledger_keys = NO_KEYS

    assert "Verifier key" not in ask(installation, "receipt rev-1")["text"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("receipt", "receipt takes the id of a review, the link of a document, or its id."),
        ("reciept rev-1", "I don't understand 'reciept'. Did you mean receipt?"),
        ("proof rev-1", "I don't understand 'proof'. Did you mean receipt?"),
    ],
)
def test_what_can_not_be_understood_gets_help(text: str, hint: str) -> None:
    request = parse(text)

    assert isinstance(request, HelpRequest)
    assert (request.hint, request.example.split()[0]) == (hint, "receipt")
    assert ("receipt ID", "what proves the ledger entries of a review, to check it offline") in HelpReply(
        topic=request.topic
    ).rows


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_very_long_origin_stays_within_the_limits_of_both_chats(language: str) -> None:
    key = LabeledCode(label="Verifier key:", code=f"<!channel>`*_{'o' * 3000}+01020304+AAAA")
    reply = LinkReply(
        sentence="One sentence.", label="Go", address=make_review_address("rev-1"), codes=(key,)
    )

    with use_language(language):
        in_slack = draw_in_slack(reply, name=COMMAND, domain="acme")
        in_teams = draw_in_teams(reply, tenant="")

    assert find_problems(in_slack, surface="message") == []
    assert "<!channel>" not in json.dumps(in_slack)
    [attached] = in_teams["attachments"]
    assert find_flaws(attached["content"]) == ["it has no fallbackText"]
