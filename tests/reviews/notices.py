"""What makes that something is told beside a card, and channels that make it hard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from reviews.errors import MessageGone, OutcomeUnknown, Unreachable
from reviews.kinds import Decision
from reviews.notice import Notice
from tests.reviews.channels import PaperChannel
from tests.reviews.desk import build_answer_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Post, Review
    from reviews.notice import NoticeKind
    from tests.reviews.desk import Desk

SomeNotice = TypeVar("SomeNotice", bound=Notice)
BACK = Decision.REQUEST_CHANGES


class RefusingChannel(PaperChannel):
    """A channel that stores what it is told and does not answer, or refuses to write to a person alone."""

    def __init__(self, *, silent: bool = False, shy: bool = False, gone: bool = False) -> None:
        super().__init__()
        self.silent, self.shy, self.gone = silent, shy, gone

    def post_notice(self, target: str, notice: Notice) -> str:
        if self.shy and target.startswith("@"):
            raise Unreachable("nobody by that address")
        if self.gone and notice.thread:
            raise MessageGone("deleted")
        message_id = super().post_notice(target, notice)
        if self.silent:
            raise OutcomeUnknown("no answer")
        return message_id


def speak_through(desk: Desk, channel: PaperChannel) -> PaperChannel:
    desk.paper = channel
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    return channel


def send_back(desk: Desk, review: Review, note: str = "Section 4.") -> Post:
    """Have the owner request changes; return the notice that is owed for it beside the first card."""
    desk.answers.record_answer(build_answer_request(review, decision=BACK, note=note))
    return desk.notices()[0]


def list_notices(desk: Desk, target: str = "C1") -> list[tuple[NoticeKind, str | None]]:
    return [(notice.kind, notice.thread) for to, notice in desk.paper.notices if to == target]


def require_type(variant: type[SomeNotice], notices: Iterable[Notice | None]) -> list[SomeNotice]:
    """Return the notices; each of them has to be of this type."""
    checked = list(notices)
    assert [type(each) for each in checked if not isinstance(each, variant)] == []
    return [each for each in checked if isinstance(each, variant)]
