"""The types of notices: each kind belongs to one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from reviews.notice import CanaryNotice, Notice, NoticeKind, UnknownNotice, is_answerable
from reviews.notice_types import NOTICE_TYPES, get_notice_type
from reviews.stored_enums import read_enum
from tests.reviews.samples import START, notice, notice_of_any

ANSWERABLE = {
    NoticeKind.REMINDER,
    NoticeKind.OVERDUE,
    NoticeKind.ESCALATED,
    NoticeKind.HANDED_OVER,
    NoticeKind.HANDED_BACK,
    NoticeKind.CAMPAIGN_REQUEST,
    NoticeKind.REASSIGNED,
    NoticeKind.TEST,
}


def test_each_kind_belongs_to_one_type() -> None:
    assert Counter(kind for notice_type in NOTICE_TYPES for kind in notice_type.KINDS) == Counter(NoticeKind)
    assert all(kind in get_notice_type(kind).KINDS for kind in NoticeKind)


def test_a_notice_is_made_of_no_other_kind_than_those_of_its_type() -> None:
    with pytest.raises(ValueError, match="ReminderNotice can't be of the kind"):
        replace(notice(NoticeKind.REMINDER), kind=NoticeKind.ALARM)
    with pytest.raises(ValueError, match="CanaryNotice can't be of the kind"):
        CanaryNotice(kind=NoticeKind.ALARM, title="compliance", at=START, canary_id="c1")
    with pytest.raises(ValueError, match="Notice can't be of the kind"):
        Notice(kind=NoticeKind.TEST, title="compliance", at=START)


def test_a_kind_that_only_a_newer_release_has_is_of_a_type_of_its_own() -> None:
    sung = read_enum(NoticeKind, "sung")

    assert get_notice_type(sung) is UnknownNotice
    assert UnknownNotice(kind=sung, title="x", at=START).kind == sung
    with pytest.raises(ValueError, match="is a kind of this release"):
        UnknownNotice(kind=NoticeKind.TEST, title="x", at=START)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_reminders_reassignments_and_tests_can_be_answered(kind: NoticeKind) -> None:
    assert is_answerable(notice(kind)) is (kind in ANSWERABLE)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_without_a_review_only_a_test_can_be_answered(kind: NoticeKind) -> None:
    assert is_answerable(notice_of_any(kind, review_id="")) is (kind is NoticeKind.TEST)
