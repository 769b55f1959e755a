"""What subscribers are told fits each chat, says where and by whom, and leads to the document."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from notifiers.shared import notice_card, notice_text
from notifiers.shared.adaptive_card import MAX_CARD_BYTES
from notifiers.slack.notices import draw_notice_message
from reviews.digest_notices import DigestLine, DigestNotice
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.language import use_language
from reviews.notice import ChangeNotice, Notice
from tests.edge import adaptive_cards, block_kit
from tests.reviews.samples import HOSTILE, START

LINK = "https://acme.example.com/doceditor?fileid=3358285&version=8"
PATH = "Legal / Compliance"
CHANGE = ChangeNotice(
    title="Policy.docx",
    path=PATH,
    link=LINK,
    at=START,
    who=(Reviewer(name="Bob Chen"),),
    version="7 → 8",
    change_kind=ChangeKind.CONTENT,
)
LINE = DigestLine(
    title="Policy.docx",
    path=PATH,
    kind=ChangeKind.CONTENT,
    who=(Reviewer(name="Bob Chen"),),
    at=START,
    link=LINK,
)
DIGEST = DigestNotice(title=PATH, at=START, lines=(LINE,), omitted_count=3)
LONG = replace(
    LINE,
    title="é" * 9000,
    path="\U0001f642" * 9000,
    who=(Reviewer(name="ñ" * 9000),),
    link=f"https://acme.example.com/{'x' * 2900}",
)
WORST = replace(DIGEST, title="&" * 9000, lines=(LONG,) * 20)


@pytest.mark.parametrize(
    "notice", [CHANGE, DIGEST, WORST, replace(CHANGE, title=HOSTILE, who=(Reviewer(name=HOSTILE),))]
)
def test_slack_takes_it_and_no_one_is_mentioned(notice: Notice) -> None:
    message = draw_notice_message(notice, [])

    assert block_kit.find_problems(message, surface="message") == []
    assert block_kit.list_pings(message) == []
    assert message["text"]


@pytest.mark.parametrize(
    "notice", [CHANGE, DIGEST, WORST, replace(CHANGE, title=HOSTILE, who=(Reviewer(name=HOSTILE),))]
)
def test_teams_takes_it(notice: Notice) -> None:
    card = notice_card.draw_notice_card(notice)

    assert adaptive_cards.find_schema_problems(card) == []
    assert len(json.dumps(card)) <= MAX_CARD_BYTES


@pytest.mark.parametrize("kind", [kind for kind in ChangeKind if kind is not ChangeKind.CAMPAIGN])
def test_each_kind_is_a_sentence_with_its_place(kind: ChangeKind) -> None:
    sentence, where = notice_text.list_notice_lines(replace(CHANGE, change_kind=kind))

    assert sentence.startswith("Bob Chen ")
    assert "Policy.docx" in sentence
    assert sentence.endswith(".")
    assert where == "Legal / Compliance · version 7 → 8"


def test_what_happened_in_the_folder_of_the_heading_has_no_place_of_its_own() -> None:
    deeper = replace(LINE, path=f"{PATH} / 2026")

    lines = notice_text.list_notice_lines(replace(DIGEST, lines=(LINE, deeper)))

    assert lines == [
        "What has changed in Legal / Compliance",
        "Bob Chen changed Policy.docx.",
        "Bob Chen changed Policy.docx. (Legal / Compliance / 2026)",
        "and 3 more",
    ]


def test_a_title_leads_to_the_document_in_both_chats() -> None:
    slack = json.dumps(draw_notice_message(DIGEST, [])["blocks"])
    teams = json.dumps(notice_card.draw_notice_card(CHANGE))

    assert "|Policy.docx>" in slack
    assert '"type": "Action.OpenUrl"' in teams


def test_what_there_is_no_room_for_in_teams_is_counted() -> None:
    card = json.dumps(notice_card.draw_notice_card(WORST), ensure_ascii=False)

    assert " more" in card
    assert "and 3 more" not in card


def test_a_language_without_words_of_its_own_speaks_english() -> None:
    with use_language("lv"):
        assert notice_text.list_notice_lines(CHANGE)[0] == "Bob Chen changed Policy.docx."
