"""The channel of mail on a real SMTP server: threads, duplicates, hostile text, and how servers fail."""

from __future__ import annotations

import email
from email import policy
from email.headerregistry import Address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from notifiers import UnusableSetting, mail
from notifiers.mail import Mail
from notifiers.mail.message import write_card_mail
from notifiers.shared.smtp import SmtpMailer
from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from reviews.kinds import Decision
from reviews.notice import NoticeKind
from tests.edge.authority import certify
from tests.edge.http_sink import UNREACHABLE
from tests.edge.smtp_server import HANG_UP, MailServer
from tests.notifiers.surroundings import LINK, make_channel_context
from tests.reviews.hostile import hostile_reviews
from tests.reviews.samples import answered_review, notice, review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from reviews.cards.card import Card
    from reviews.model import Review

OLGA = "olga.owner@company.com"
SENDER = "Reviews <reviews@company.com>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def channel(url: str) -> Mail:
    return mail.build(make_channel_context(SMTP_URL=url, MAIL_FROM=SENDER))


def sent(server: MailServer, *reviews: Review) -> list[EmailMessage]:
    """Post the card of each review, one after the other, and return the mails."""
    for each in reviews:
        card = draw_card(each)
        assert channel(server.url).post(OLGA, card) == card.stage
    return server.mails


def header(mail: EmailMessage, name: str) -> str:
    return str(mail[name] or "")


def part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    content: str = part.get_content()
    return content


def failure(url: str, card: Card | None = None) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        channel(url).post(OLGA, card or draw_card(review()))
    return caught.value


def test_a_card_reaches_the_owner_as_text_and_as_html_with_the_link(server: MailServer) -> None:
    [mailed] = sent(server, review())

    assert server.recipients == [OLGA]
    assert header(mailed, "From") == "Reviews <reviews@company.com>"
    assert header(mailed, "To") == OLGA
    assert header(mailed, "Subject") == "Please review AML Policy 2026.docx"
    assert header(mailed, "Date")
    assert mailed.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert part(mailed, kind).count(LINK) == 1
        for fact in ("AML Policy 2026.docx", "Legal / Compliance", "Alice Moreau", "7 → 8"):
            assert fact in part(mailed, kind)


def test_nothing_answers_the_mail_by_itself(server: MailServer) -> None:
    [mailed] = sent(server, review())

    assert header(mailed, "Auto-Submitted") == "auto-generated"
    assert header(mailed, "X-Auto-Response-Suppress") == "All"
    assert "Reply-To" not in mailed


def test_the_stages_of_a_review_are_one_thread(server: MailServer) -> None:
    first, newer, done = sent(server, review(), review(revision=2), answered_review())

    assert header(first, "Message-ID") == "<rev-1.revision-1@company.com>"
    assert header(first, "References") == header(first, "In-Reply-To") == ""
    for later in (newer, done):
        assert header(later, "References") == header(later, "In-Reply-To") == header(first, "Message-ID")
        assert header(later, "Subject") == f"Re: {header(first, 'Subject')}"
    assert header(newer, "Message-ID") == "<rev-1.revision-2@company.com>"
    assert header(done, "Message-ID") == "<rev-1.revision-1-reviewed@company.com>"


def test_a_mail_that_is_sent_twice_is_known_by_its_id(server: MailServer) -> None:
    first, again, other = sent(server, review(), review(), review(id="rev-2"))

    assert header(first, "Message-ID") == header(again, "Message-ID")
    assert header(first, "Message-ID") != header(other, "Message-ID")


def test_an_answer_is_told_without_a_link_to_answer(server: MailServer) -> None:
    [mailed] = sent(server, answered_review(Decision.REQUEST_CHANGES, note="Section 4\nis old"))

    for kind in ("plain", "html"):
        assert "Changes requested by Dana Ozola after 12 min." in part(mailed, kind)
        assert LINK not in part(mailed, kind)
    assert "Note: Section 4 is old" in part(mailed, "plain")


@pytest.mark.parametrize(
    "title",
    [
        "Plan.docx\r\nBcc: everybody@company.com",
        "Plan\u2028Bcc: x@y.z",
        "=?utf-8?q?Plan=0D=0ABcc:_x=40y.z?= .docx",
        "=?utf-8?b?SW52b2ljZQ==?=",
        "long " * 200,
        "ä" * 500,
        "🙂" * 300,
    ],
)
def test_a_hostile_title_stays_within_its_line(server: MailServer, title: str) -> None:
    [mailed] = sent(server, review(title=title))

    assert {name.lower() for name in mailed} == {
        "to", "subject", "message-id", "auto-submitted", "x-auto-response-suppress", "mime-version",
        "content-type", "from", "date",
    }  # fmt: skip
    assert server.recipients == [OLGA]
    assert header(mailed, "Subject").startswith("Please review ")
    assert len(header(mailed, "Subject")) <= 140
    assert "Invoice" not in header(mailed, "Subject")


@settings(max_examples=40)
@given(review=hostile_reviews())
def test_no_text_from_outside_adds_a_header_or_a_part(review: Review) -> None:
    made = write_card_mail(draw_card(review), recipient=OLGA, link=LINK, domain="company.com")

    read = email.message_from_bytes(made.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert set(read) == set(made)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_markup_in_names_is_shown_and_not_done(server: MailServer) -> None:
    [mailed] = sent(server, review(title="<script>x</script>.docx", path='"><img src=x>'))

    html = part(mailed, "html")
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;x&lt;/script&gt;.docx" in html


def test_nothing_in_the_mail_is_fetched_from_elsewhere(server: MailServer) -> None:
    [mailed] = sent(server, review())

    html = part(mailed, "html")
    assert not any(fetches in html for fetches in ("src=", "url(", "@import", "<link", "<iframe"))
    assert html.count("href=") == 2


@pytest.mark.parametrize(
    ("recipient", "whole", "kind"),
    [
        ("450 not now", "250 taken", TryLater),
        ("550 unknown here", "250 taken", Permanent),
        ("250 taken", "451 try again", TryLater),
        ("250 taken", "554 looks like spam", Permanent),
    ],
)
def test_what_the_server_answers_decides_about_the_next_attempt(
    server: MailServer, recipient: str, whole: str, kind: type[RemoteError]
) -> None:
    server.answers |= {"RCPT": recipient, "DATA": whole}

    assert type(failure(server.url)) is kind


def test_a_refusal_for_good_says_what_to_do(server: MailServer) -> None:
    server.answers["RCPT"] = "550 no such user olga.owner@company.com"

    assert str(failure(server.url)) == (
        "the mail server refuses the recipient (550): check the address in the route, and MAIL_FROM"
    )


def test_a_connection_that_drops_with_the_mail_leaves_it_open_whether_it_was_taken(
    server: MailServer,
) -> None:
    server.answers["DATA"] = HANG_UP

    assert type(failure(server.url)) is OutcomeUnknown


def test_a_server_that_is_not_there_is_tried_later() -> None:
    assert type(failure(f"smtp://{UNREACHABLE}?tls=none")) is TryLater


def test_mail_goes_over_tls_to_a_server_that_is_trusted_and_to_no_other(tmp_path: Path) -> None:
    certificate = certify(tmp_path)
    with MailServer(starttls=certificate.for_server()) as server:
        trusting = Mail(SmtpMailer(server.url, SENDER, trust=certificate.for_client()), lambda _: LINK)
        trusting.post(OLGA, draw_card(review()))

        assert type(failure(server.url)) is TryLater
        assert len(server.mails) == 1


def test_a_mailbox_can_not_be_looked_into(server: MailServer) -> None:
    with pytest.raises(Permanent, match="mailbox"):
        channel(server.url).find_message(OLGA, draw_card(review()), since=review().opened_at)


@pytest.mark.parametrize(
    ("url", "sender", "words"),
    [
        ("http://user:s3cr3t@mail.company.com", SENDER, "SMTP_URL must look like"),
        ("smtp://user:s3cr3t@mail.company.com?tls=none", SENDER, "SMTP_URL says tls=none"),
        ("smtps://user:s3cr3t@mail.company.com", "nobody", "MAIL_FROM must be an address"),
    ],
)
def test_settings_that_can_not_work_stop_the_start_and_are_not_repeated(
    url: str, sender: str, words: str
) -> None:
    with pytest.raises(UnusableSetting) as caught:
        mail.build(make_channel_context(SMTP_URL=url, MAIL_FROM=sender))

    assert str(caught.value).startswith(words)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("address", [OLGA, "o'neil+reviews@sub.company.co.uk", "root@localhost"])
def test_an_address_of_mail_is_taken(address: str) -> None:
    assert mail.why_not(address) is None
    assert Address(addr_spec=address).addr_spec == address


@pytest.mark.parametrize(
    "address",
    ["", "olga", "@company.com", "olga@", "a@b@c", "two words@company.com", "Olga <olga@company.com>",
     "olga@company.com,bob@company.com", "olga@company.com\n", "ölga@company.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    assert mail.why_not(address) == (
        f"{address!r} is no mail address: write it as in 'mail:compliance.owner@company.com'"
    )


def test_a_reminder_is_a_mail_in_the_thread_of_the_review_with_the_way_to_answer(server: MailServer) -> None:
    [first] = sent(server, review())
    channel(server.url).post_notice(OLGA, notice())
    [_, mail] = server.mails

    assert header(mail, "In-Reply-To") == header(mail, "References") == header(first, "Message-ID")
    assert header(mail, "Subject") == f"Re: {header(first, 'Subject')}"
    assert header(mail, "Message-ID") == "<notice-17@company.com>"
    assert header(mail, "Auto-Submitted") == "auto-generated"
    for kind in ("plain", "html"):
        assert "AML Policy 2026.docx is still waiting for your review." in part(mail, kind)
        assert "Due 09 Mar 2026, 22:05 UTC" in part(mail, kind)
        assert LINK in part(mail, kind)


def test_a_contributor_gets_a_mail_of_their_own_and_no_link_to_answer(server: MailServer) -> None:
    channel(server.url).post_notice("@alice@example.com", notice(NoticeKind.SENT_BACK, note="Section <4>."))
    [mail] = server.mails

    assert header(mail, "To") == "alice@example.com"
    assert (
        header(mail, "Subject") == "Dana Ozola requested changes to AML Policy 2026.docx, which you changed."
    )
    assert header(mail, "In-Reply-To") == ""
    assert "Section &lt;4&gt;." in part(mail, "html")
    assert LINK not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (NoticeKind.OUTCOME, "because you changed this document"),
        (NoticeKind.ALARM, "sends the alarms of docspace-review"),
        (NoticeKind.REMINDER, "sends the reviews of this folder"),
    ],
)
def test_the_page_of_a_notice_says_why_it_was_sent(server: MailServer, kind: NoticeKind, reason: str) -> None:
    channel(server.url).post_notice(OLGA, notice(kind))

    assert reason in part(server.mails[0], "html")
