"""A checkpoint that people copy from any channel into a file is one that `ledger verify` takes."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from notifiers import apprise
from notifiers.console import Console
from notifiers.mail.notices import render_html, render_text, write_notice_mail
from notifiers.shared.notice_card import draw_notice_card
from notifiers.slack.notices import draw_notice_message
from notifiers.teams_bot import card as teams_bot_card
from reviews.evidence.checkpoints import verify_checkpoint
from reviews.evidence.signed_notes import parse_note
from reviews.language import use_language
from reviews.notice import NoticeKind
from runtime.evidence.ledger_key import check_signature
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from tests.edge.http_sink import HttpSink
from tests.evidence.signers import LOG, ORIGIN
from tests.notifiers.surroundings import make_channel_context
from tests.reviews.samples import notice
from tests.runtime.exported_files import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.notice import Notice

NOTE = LEDGER.sign().decode()
NOTICE = notice(NoticeKind.CHECKPOINT, title=ORIGIN, note=NOTE)


def copy_from_slack() -> str:
    """Return the text of the preformatted block, without the last newline."""
    [block] = [each for each in draw_notice_message(NOTICE, [])["blocks"] if each["type"] == "rich_text"]
    [element] = block["elements"]
    assert element["type"] == "rich_text_preformatted"
    return "".join(each["text"] for each in element["elements"])


def copy_from_teams(card: dict[str, Any]) -> str:
    """Return the lines of the box, each a paragraph, which a browser copies with an empty line between."""
    [box] = [each for each in card["body"] if each.get("style") == "emphasis"]
    assert {each["fontType"] for each in box["items"]} == {"Monospace"}
    return "\n\n".join(each["text"] for each in box["items"])


def copy_from_html() -> str:
    [shown] = re.findall(r"<pre[^>]*>(.*?)</pre>", render_html(NOTICE, ""), re.DOTALL)
    return unescape(shown)


def copy_from_text_part() -> str:
    """Return the last paragraphs of the text part, as it arrives."""
    mail = write_notice_mail(NOTICE, recipient="a@example.com", link="", domain="example.com")
    [text, _html] = mail.iter_parts()
    content = text.get_payload(decode=True)
    assert isinstance(content, bytes)
    return "\n\n".join(content.decode().split("\n\n")[1:])


def copy_from_console() -> str:
    out = io.StringIO()
    Console(out, lambda _drawn: "").post_notice("", NOTICE)
    printed = out.getvalue()
    return printed[printed.index(f"\n{ORIGIN}\n") :]


def send_through_apprise(address: str, member: str, checkpoint: Notice = NOTICE) -> str:
    """Return what a service is given, from a member of its body."""
    with HttpSink() as sink:
        context = make_channel_context(APPRISE_OPS=address.format(place=sink.place), addresses=["ops"])
        apprise.build(context).post_notice("ops", checkpoint)
        [sent] = sink.sent
    return str(json.loads(sent.body)[member])


def copy_from_apprise() -> str:
    """Return what is below the title and the advice."""
    message = send_through_apprise("json://{place}/hook", "message")
    return message[message.index(f"\n{ORIGIN}\n") :]


def copy_from_markdown() -> str:
    """Return what is within the fence, where a service reads Markdown."""
    text = send_through_apprise("rocket://webhook/key@{place}/#general", "text")
    _before, within, _after = text.split("```")
    return within


COPIES: dict[str, Callable[[], str]] = {
    "slack": copy_from_slack,
    "teams": lambda: copy_from_teams(draw_notice_card(NOTICE)),
    "teams-bot": lambda: copy_from_teams(
        teams_bot_card.draw_notice_message(NOTICE)["attachments"][0]["content"]
    ),
    "mail as HTML": copy_from_html,
    "mail as text": copy_from_text_part,
    "console": copy_from_console,
    "apprise": copy_from_apprise,
    "apprise as Markdown": copy_from_markdown,
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", COPIES)
def test_what_is_copied_from_a_channel_is_verified(name: str, language: str) -> None:
    with use_language(language):
        copied = COPIES[name]()

    for saved in (copied, copied.replace("\n", "\r\n"), f"{copied}\n"):
        read = read_saved_checkpoint(BytesIO(saved.encode()), [LOG.verifier_key])
        assert read.covered.signers == (str(LOG.verifier_key),)


@pytest.mark.parametrize("name", [name for name in COPIES if not name.startswith("teams")])
def test_its_lines_are_there_as_they_were_signed(name: str) -> None:
    copied = COPIES[name]().strip("\n") + "\n"

    assert copied == NOTE
    assert verify_checkpoint(copied, [LOG.verifier_key], check_signature).size == 10


def test_teams_is_given_each_line_as_it_is_and_a_space_for_the_empty_one() -> None:
    lines = COPIES["teams"]().split("\n\n")

    assert lines == [line or "\N{NO-BREAK SPACE}" for line in NOTE.splitlines()]


def test_the_words_around_it_are_few() -> None:
    with use_language("en"):
        text = render_text(NOTICE, "")

    assert text == (
        f"Checkpoint of the ledger {ORIGIN}: 10 entries.\n"
        "Keep a copy: if one of these entries is changed later, the ledger no longer matches it.\n"
        f"\n{NOTE}"
    )
    assert parse_note(NOTE).text.split("\n")[1] == "10"


def test_no_name_of_a_ledger_ends_the_fence_around_its_checkpoint() -> None:
    hostile = notice(NoticeKind.CHECKPOINT, note=NOTE.replace(ORIGIN, "```"))

    text = send_through_apprise("rocket://webhook/key@{place}/#general", "text", hostile)

    _before, within, _after = text.split("````")
    assert within.startswith("\n```\n10\n")


NO_CHECKPOINTS = [
    "",
    "<!channel>\n<@U1>\n",
    f"{ORIGIN}\n10\n{'A' * 3000}\n",
    f"{ORIGIN}\n{'9' * 19}\nA\n",
    f"{ORIGIN}\n{'9' * 4301}\nA\n",
]


@pytest.mark.parametrize("note", NO_CHECKPOINTS, ids=len)
def test_what_is_no_checkpoint_of_ours_is_not_shown_and_no_one_is_asked_to_keep_it(note: str) -> None:
    forged = notice(NoticeKind.CHECKPOINT, note=note)

    html = render_html(forged, "")

    assert [block["type"] for block in draw_notice_message(forged, [])["blocks"]] == ["section"]
    assert "<pre" not in html
    assert "Keep a copy" not in html
