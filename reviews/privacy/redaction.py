"""Redaction of private routes for readers who may not see private titles.

Titles, paths, notes and links that may hold a title are left out, and by what a document could be recognized:
its SHA-256 and its size. Who did something, when, which version and the state of the review are shown. Pure
functions: who sees what is decided in `reviews.privacy.channel_visibility`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.bulk import BULK_ID_PREFIX
from reviews.cards.card import CardAction
from reviews.cards.meaning import redact_meaning
from reviews.language import _
from reviews.notice import AnswerNotice, ChangeNotice, NoticeKind
from reviews.routes.route import is_private
from reviews.text import clean_text, sanitize_link
from reviews.tree import FOLDER_ID_PREFIX
from reviews.wording.subject import name_files

if TYPE_CHECKING:
    from reviews.campaign_notices import CampaignNotice
    from reviews.cards.card import Card
    from reviews.digest_notices import DigestLine
    from reviews.model import Answer, Review
    from reviews.notice import DocumentNotice, ReminderLine
    from reviews.ports.ledger import LedgerEntry
    from reviews.routes.route import Route

# An address that names a file by numbers alone. Ids of connected storage may contain its name.
_NUMERIC_LINK_PATTERN = re.compile(
    r"https?://[^/?#]+/(?:[a-z]{1,20}/){0,5}(?:[a-z]{1,20}|[0-9]{1,20})?"
    r"(?:\?[A-Za-z]{1,20}=[0-9]{1,20}(?:&[A-Za-z]{1,20}=[0-9]{1,20})*)?"
)
_TITLE_FIRST_KINDS = {NoticeKind.REMINDER}
"""Notices whose sentence begins with the title."""
_BYTES = {"sha256", "size"}
_HIDDEN_IF_PRESENT = {"review", "opened", *_BYTES}
"""Of an entry: the common folder of a bulk review's files, what a person opened before they answered, and the
bytes.
"""
_STATES = ("from", "to")
"""Of an entry: what an acknowledgement was for, and what it was carried to. In others these are times."""


def redact_card(card: Card, folder: str) -> Card:
    """Return the card as everyone may see it; `folder` is the watched folder's title."""
    link = redact_link(card.link)
    return replace(
        card,
        file_id="",
        title=_redact_title(card, folder),
        path="",
        link=link,
        answer=_redact_answer(card.answer) if card.answer else None,
        other_acknowledgements=tuple(map(_redact_answer, card.other_acknowledgements)),
        earlier_request=_redact_answer(card.earlier_request) if card.earlier_request else None,
        contents=replace(card.contents, titles=()) if card.contents else None,
        bulk=replace(card.bulk, first=(), folder=clean_text(folder)) if card.bulk else None,
        title_before="",
        path_before="",
        moved_to="",
        changes="",
        snippets=(),
        meaning=redact_meaning(card.meaning) if card.meaning else None,
        changes_url="",
        campaign=replace(card.campaign, name="") if card.campaign else None,
        actions=tuple(
            action
            for action in card.actions
            if action is not CardAction.CHANGES and (link or action is not CardAction.OPEN)
        ),
        redacted=True,
    )


def redact_review(review: Review, folder: str) -> Review:
    """Return the review as everyone may see it, so that anything drawn from it shows nothing more."""
    contents = replace(review.contents, titles=()) if review.contents else None
    bulk = replace(review.bulk, sample_files=()) if review.bulk else None
    return replace(
        review,
        file_id="",
        title=clean_text(folder) if bulk else _name_capitalized(folder, is_folder=contents is not None),
        changes=None,
        path="",
        link=redact_link(review.link),
        contents=contents,
        bulk=bulk,
        title_before=None,
        path_before=None,
        moved_to=None,
        answers=tuple(map(_redact_answer, review.answers)),
        campaign=replace(review.campaign, name="") if review.campaign else None,
        redacted=True,
    )


def redact_entry(entry: LedgerEntry, folder: str) -> LedgerEntry:
    """Return a ledger entry as everyone may read it."""
    subject = str(entry.get("file_id", ""))
    title = (
        clean_text(folder)
        if subject.startswith(BULK_ID_PREFIX)
        else name_private_document(folder, is_folder=subject.startswith(FOLDER_ID_PREFIX))
    )
    hidden_members: dict[str, object] = dict.fromkeys(
        ("note", "title_before", "path_before", "moved_to", *_HIDDEN_IF_PRESENT & entry.keys())
    )
    campaign = entry.get("campaign")
    if isinstance(campaign, Mapping):
        hidden_members["campaign"] = {**campaign, "name": clean_text(folder)}
    states = {name: _hide_bytes(state) for name in _STATES if isinstance(state := entry.get(name), Mapping)}
    return {**entry, "title": title, "path": "", **hidden_members, **states}


def redact_notice(notice: DocumentNotice, folder: str) -> DocumentNotice:
    """Return a notice about one document as everyone may see it."""
    title = _redact_notice_title(notice, folder)
    redacted = replace(notice, title=title, path="", link=redact_link(notice.link))
    return replace(redacted, note=None) if isinstance(redacted, AnswerNotice) else redacted


def redact_line(line: DigestLine, folder: str) -> DigestLine:
    title = clean_text(folder) if line.files else name_private_document(folder, is_folder=line.is_folder)
    return replace(line, title=title, path="", link=redact_link(line.link))


def redact_reminder_line(line: ReminderLine, folder: str) -> ReminderLine:
    """Return a line of a list of reminders as everyone may see it; it begins with the title."""
    if line.is_of_campaign:
        return replace(line, title=_name_campaign(folder), campaign_name="", path="")
    title = clean_text(folder) if line.files else _name_capitalized(folder, is_folder=False)
    return replace(line, title=title, path="", link=redact_link(line.link))


def redact_campaign(notice: CampaignNotice, folder: str) -> CampaignNotice:
    """Return a notice of a campaign as everyone may see it: without its name and its folder."""
    return replace(notice, title=_name_campaign(folder), path="", problem="")


def hide_title(review: Review, route: Route | None) -> Review:
    """Return a review as a refusal may name it: the person who clicked may not be allowed to see it."""
    if not is_private(review, route):
        return review
    return replace(review, title="" if review.bulk else _("The document"))


def name_private_document(folder: str, *, is_folder: bool = False) -> str:
    """Return the public name of a document of a private route."""
    template = _("a folder in {folder}") if is_folder else _("a file in {folder}")
    return template.format(folder=clean_text(folder))


def redact_link(link: str | None) -> str | None:
    """Return the link if it contains nothing but numbers: DocSpace itself checks who may open it."""
    web = sanitize_link(link)
    return web if web and _NUMERIC_LINK_PATTERN.fullmatch(web) else None


def _redact_notice_title(notice: DocumentNotice, folder: str) -> str:
    is_bulk, is_folder = bool(notice.files), False
    if isinstance(notice, ChangeNotice):
        is_bulk, is_folder = is_bulk or bool(notice.bulk_review_id), notice.is_folder
    if is_bulk:
        return clean_text(folder)
    format_title = _name_capitalized if notice.kind in _TITLE_FIRST_KINDS else name_private_document
    return format_title(folder, is_folder=is_folder)


def _redact_title(card: Card, folder: str) -> str:
    if card.bulk:
        return name_files(card.bulk.count, folder)
    return _name_capitalized(folder, is_folder=card.contents is not None)


def _name_capitalized(folder: str, *, is_folder: bool) -> str:
    """Return the name for the start of a sentence or card; other languages use another form there."""
    template = _("A folder in {folder}") if is_folder else _("A file in {folder}")
    return template.format(folder=clean_text(folder))


def _name_campaign(folder: str) -> str:
    """Return the public name of a campaign for documents of a private route."""
    return _("A campaign in {folder}").format(folder=clean_text(folder))


def _redact_answer(answer: Answer) -> Answer:
    return replace(answer, note=None, sha256=None, size=None)


def _hide_bytes(state: Mapping[str, object]) -> dict[str, object]:
    return {**state, **dict.fromkeys(_BYTES & state.keys())}
