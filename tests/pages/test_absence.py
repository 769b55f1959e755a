"""The page on which a person says that they are away: what it shows, stores and refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from reviews.ports.absences import Absence, AbsenceSource
from reviews.routes.working_time import WorkingHours
from tests.pages.inboxes import STRANGER, InboxApplication, InboxVisitor, inbox_routes, open_inbox
from tests.reviews.absences import leave
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

PAGE = "/inbox/away"
HOSTILE = '"><script> alert(1)</script>@x'


def stored(desk: Desk) -> list[Absence]:
    with desk.transactions(reading=True) as work:
        return work.absences.list_of_people([OWNER], not_ended_by=desk.clock())


def declare(visitor: InboxVisitor, **form: str) -> Any:
    visitor.get(PAGE)
    return visitor.post(PAGE, action="declare", **form)


def test_a_form_says_that_one_is_away_and_a_button_that_one_is_back(desk: Desk, owner: InboxVisitor) -> None:
    desk.open(event())
    done = declare(owner, until="2026-03-16", stand_in=DEPUTY)
    page = owner.get(PAGE).text
    [absence] = stored(desk)
    inbox = owner.inbox()
    owner.get(PAGE)
    back = owner.post(PAGE, action="end")
    at_last = owner.get(PAGE).text

    assert (done.status_code, done.location, back.status_code) == (303, PAGE, 303)
    assert page.count(f"You are away until Monday, 16 Mar; {DEPUTY} stands in.") == 1
    assert "1 open review is handed over now." in page
    assert (absence.source, absence.stand_in) == (AbsenceSource.PAGE, DEPUTY)
    assert "You are away until Monday, 16 Mar" in inbox
    assert ("Welcome back." in at_last, "You are not away." in at_last) == (True, True)
    assert "I am back" not in at_last
    assert stored(desk) == []


def test_what_is_planned_is_said_once_by_who_comes_back(owner: InboxVisitor) -> None:
    declare(owner, until="2026-03-27", **{"from": "2026-03-20"})
    declare(owner, until="2026-03-16")
    owner.get(PAGE)

    owner.post(PAGE, action="end")

    assert owner.get(PAGE).text.count("from Friday, 20 Mar until Friday, 27 Mar") == 1
    assert owner.get(PAGE).text.count("from Friday, 20 Mar until Friday, 27 Mar") == 1


def test_a_button_cancels_one_planned_absence(desk: Desk, owner: InboxVisitor) -> None:
    declare(owner, until="2026-03-27", **{"from": "2026-03-20"})
    declare(owner, until="2026-04-27", stand_in=DEPUTY, **{"from": "2026-04-20"})
    first, second = stored(desk)
    before = owner.get(PAGE).text

    done = owner.post(PAGE, action="cancel", absence=str(first.id))
    after = owner.get(PAGE).text

    for each in (first, second):
        assert f'name="absence" value="{each.id}"' in before
        assert f'aria-describedby="planned-{each.id}">Cancel absence</button>' in before
    assert f'<p id="planned-{second.id}"><bdi>You will be away from Monday, 20 Apr until ' in before
    assert (done.status_code, done.location) == (303, PAGE)
    assert "Your planned absence is cancelled." in after
    assert "You would have been away from Friday, 20 Mar until Friday, 27 Mar." in after
    assert f'id="planned-{first.id}"' not in after
    assert [each.id for each in stored(desk)] == [second.id]


def test_an_absence_of_a_calendar_has_no_button_and_is_not_cancelled(desk: Desk, owner: InboxVisitor) -> None:
    start = desk.clock() + timedelta(days=7)
    planned = Absence(
        person=OWNER, starts_at=start, ends_at=start + timedelta(days=7), stand_in=None,
        source=AbsenceSource.CALENDAR, made_at=desk.clock(), key="event",
    )  # fmt: skip
    with desk.transactions() as work:
        work.absences.add(planned)
        work.commit()
    page = owner.get(PAGE).text

    refused = owner.post(PAGE, action="cancel", absence=str(stored(desk)[0].id))

    assert "Cancel absence" not in page
    assert page.count("This absence is in the calendar, and can be cancelled only there.") == 1
    assert refused.status_code == 422
    assert len(stored(desk)) == 1


@pytest.mark.parametrize("absence", ["", "x", "0", "99", "1" * 40, HOSTILE])
def test_a_form_that_names_no_planned_absence_cancels_nothing(
    desk: Desk, owner: InboxVisitor, absence: str
) -> None:
    declare(owner, until="2026-03-27", **{"from": "2026-03-20"})
    owner.get(PAGE)

    refused = owner.post(PAGE, action="cancel", absence=absence)

    assert refused.status_code == 422
    assert "This absence is no longer planned" in refused.text
    assert len(stored(desk)) == 1


def test_no_one_cancels_the_absence_of_another_person(desk: Desk, owner: InboxVisitor) -> None:
    declare(owner, until="2026-03-27", **{"from": "2026-03-20"})
    [absence] = stored(desk)
    deputy = open_inbox(desk).visitor(DEPUTY)
    deputy.get(PAGE)

    refused = deputy.post(PAGE, action="cancel", absence=str(absence.id))

    assert (refused.status_code, stored(desk)) == (422, [absence])


def test_an_absence_that_started_meanwhile_is_not_cancelled(desk: Desk, owner: InboxVisitor) -> None:
    absence = leave(desk, starts_at=desk.clock() + timedelta(minutes=10))
    owner.get(PAGE)
    desk.clock.advance(minutes=10)

    refused = owner.post(PAGE, action="cancel", absence=str(absence.id))

    assert (refused.status_code, "it has begun" in refused.text) == (422, True)
    assert "I am back" in refused.text
    assert stored(desk) == [absence]


def test_german_sentences_do_not_end_in_the_full_stop_of_a_month_and_another(
    desk: Desk, owner: InboxVisitor
) -> None:
    german = {"headers": {"Accept-Language": "de"}}
    declare(owner, until="2026-08-27", **{"from": "2026-08-20"})
    declare(owner, until="2026-08-10", stand_in=DEPUTY)
    owner.get(PAGE)
    first = owner.get(PAGE, **german).text
    declare(owner, until="2026-08-11")
    owner.get(PAGE)
    of_deputies = owner.get(PAGE, **german).text
    deputy = open_inbox(desk).visitor(DEPUTY)
    declare(owner, until="2026-08-12", stand_in=DEPUTY)
    declare(owner, until="2026-09-27", stand_in=DEPUTY, **{"from": "2026-09-20"})
    duty = deputy.get(PAGE, **german).text

    assert "Bis Montag, 10. Aug. sind Sie abwesend; " in first
    assert "Von Donnerstag, 20. Aug. bis Donnerstag, 27. Aug. sind Sie abwesend." in first
    assert "Bis Dienstag, 11. Aug. sind Sie abwesend." in of_deputies
    assert "Bis Mittwoch, 12. Aug. vertreten Sie " in duty
    assert "Von Sonntag, 20. Sept. bis Sonntag, 27. Sept. vertreten Sie " in duty
    assert ".." not in first + of_deputies + duty


def test_days_begin_in_the_zone_of_the_person(desk: Desk) -> None:
    hours = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("Europe/Riga"))
    desk.follow(inbox_routes(working_hours=hours))
    visitor = open_inbox(desk).visitor()

    declare(visitor, until="2026-03-20", **{"from": "2026-03-16"})

    [absence] = stored(desk)
    assert absence.starts_at.isoformat() == "2026-03-15T22:00:00+00:00"
    assert absence.ends_at.isoformat() == "2026-03-19T22:00:00+00:00"
    assert "Europe/Riga" in visitor.get(PAGE).text


def test_from_today_is_from_now_on(desk: Desk, owner: InboxVisitor) -> None:
    assert declare(owner, until="2026-03-16", **{"from": "2026-03-09"}).status_code == 303
    assert [each.starts_at for each in stored(desk)] == [desk.clock()]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"until": ""}, "Enter the day on which you are back."),
        ({"until": "2026-03-09"}, "already over"),
        ({"until": "tomorrow"}, "is not a day. Write it as in 2026-12-07."),
        ({"until": "9999-12-31"}, "is not a day"),
        ({"until": "0001-01-01"}, "is not a day"),
        ({"until": "2028-01-01"}, "at most 366 days"),
        ({"until": "2026-03-16", "from": "2026-03-01"}, "The first day is already over."),
        ({"until": "2026-03-16", "from": "2026-03-17"}, "ends after it begins"),
        ({"until": "2026-03-16", "stand_in": OWNER}, "stand in for yourself"),
        ({"until": "2026-03-16", "stand_in": HOSTILE}, "is known here"),
        ({"until": HOSTILE}, "is not a day"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_is_kept(
    desk: Desk, owner: InboxVisitor, form: dict[str, str], says: str
) -> None:
    refused = declare(owner, **form)

    assert refused.status_code == 422
    assert says in refused.text
    assert "<script>" not in refused.text
    for value in set(form.values()) - {HOSTILE}:
        assert f'value="{value}"' in refused.text
    assert stored(desk) == []


def test_one_for_whom_nothing_waits_is_told_so(inbox: InboxApplication) -> None:
    refused = declare(inbox.visitor(STRANGER), until="2026-03-16")

    assert (refused.status_code, "No review waits for you" in refused.text) == (422, True)


def test_without_a_proof_or_with_an_old_form_nothing_is_stored(desk: Desk, inbox: InboxApplication) -> None:
    owner = inbox.visitor()
    owner.get(PAGE)
    owner.form_token = "forged"

    old = owner.post(PAGE, action="declare", until="2026-03-16")
    unproven = inbox.visitor(None).get(PAGE)

    assert (old.status_code, 'value="2026-03-16"' in old.text) == (400, True)
    assert unproven.status_code == 401
    assert stored(desk) == []


def test_without_a_proof_or_with_an_old_form_nothing_is_cancelled(desk: Desk, owner: InboxVisitor) -> None:
    declare(owner, until="2026-03-27", **{"from": "2026-03-20"})
    planned = stored(desk)
    owner.get(PAGE)
    stranger = InboxVisitor(owner.client.application)
    stranger.form_token = owner.form_token
    owner.form_token = "forged"

    old = owner.post(PAGE, action="cancel", absence=str(planned[0].id))
    unproven = stranger.post(PAGE, action="cancel", absence=str(planned[0].id))

    assert (old.status_code, unproven.status_code) == (400, 401)
    assert stored(desk) == planned


def test_the_page_is_safe_and_in_the_language_of_the_visitor(owner: InboxVisitor) -> None:
    page = owner.get(PAGE, headers={"Accept-Language": "de"})

    assert page.headers["Content-Language"] == "de"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
