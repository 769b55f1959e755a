"""The differences of the sample: what changed in its document, as a comparison stores it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

from pictures.sample import OPEN, SAVED
from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, DocumentState
from reviews.comparisons.parts import ChangedPart, ChangedWords
from reviews.wording.place_phrases import PartPlace

_CHANGED = re.compile(r"\[-(.+?)-\]|\{\+(.+?)\+\}", re.DOTALL)


def _part(
    kind: str, place: PartPlace, *, before: str = "", after: str = "", matters: tuple[str, ...] = ()
) -> ChangedPart:
    return ChangedPart(kind=kind, place=place, before=before, after=after, matters=matters)


def replaced(place: PartPlace, text: str, *matters: str) -> ChangedPart:
    """Return what was replaced; in the text stands `[-deleted-]` and `{+inserted+}`."""
    words, end = [], 0
    for match in _CHANGED.finditer(text):
        words.append(ChangedWords(change="same", text=text[end : match.start()]))
        change = "deleted" if match[1] else "inserted"
        words.append(ChangedWords(change=change, text=match[1] or match[2]))
        end = match.end()
    words = [each for each in (*words, ChangedWords(change="same", text=text[end:])) if each.text]
    return replace(
        _part("replaced", place, matters=matters),
        before="".join(each.text for each in words if each.change != "inserted"),
        after="".join(each.text for each in words if each.change != "deleted"),
        words=tuple(words),
    )


_LONG = (
    "The compliance officer reviews the customer file [-every three years-]{+every year+}. The review covers "
    "the identity of the customer, the beneficial owners and their shares, the purpose of the business "
    "relationship, the origin of the funds, the countries with which the customer trades, and every alert "
    "since the review before. What the customer states is compared with the commercial register, with the "
    "register of beneficial owners and with the lists of sanctions, as they are on that day. Where they "
    "differ, the customer is asked for a document that explains the difference; {+no payment leaves the "
    "account meanwhile+}[-payments go on meanwhile-]. The officer writes down what was looked at, on which "
    "day, and with what result, and keeps it with the file for as long as the business relationship lasts "
    "and for [-five-]{+ten+} years after it."
)

PARTS = (
    replaced(
        PartPlace(area="body", heading="3.2 Thresholds"),
        "Cash payments of [-EUR 10,000-]{+EUR 3,000+} or more are reported to the authority. This applies "
        "from [-1 July 2026-]{+1 April 2026+}.",
        "amount",
        "date",
    ),
    replaced(
        PartPlace(area="table", heading="3.2 Thresholds", table=1, row=3, column=2),
        "[-EUR 150,000-]{+EUR 100,000+}",
        "amount",
    ),
    replaced(
        PartPlace(area="body", heading="4 Reporting"),
        "The branch [-may-]{+must+} report a suspicion on the same day{+, also where the payment "
        "was refused+}.",
        "obligation",
    ),
    _part(
        "inserted",
        PartPlace(area="body", heading="4 Reporting"),
        after="Whoever reports a suspicion must not tell the customer, nor anyone who has no part in the "
        "review.",
        matters=("obligation",),
    ),
    _part(
        "deleted",
        PartPlace(area="body", heading="4 Reporting"),
        before="Reports on paper are accepted until the end of the year.",
    ),
    _part(
        "moved",
        PartPlace(area="body", heading="5 Training"),
        before="New colleagues are trained within four weeks.",
        after="New colleagues are trained within four weeks.",
    ),
    _part(
        "inserted",
        PartPlace(area="comment", heading="3.2 Thresholds", name="Anna Berg"),
        after="The directive says EUR 3,000. Has the board agreed?",
        matters=("amount",),
    ),
    replaced(PartPlace(area="body", heading="6 Review of customers"), _LONG, "number"),
    replaced(
        PartPlace(area="body", heading="7 Exceptions"),
        "Exceptions are granted by the board. [hidden: [-Ask Tom first.-]{+Tom grants them alone.+}]",
        "name",
    ),
    replaced(
        PartPlace(area="cell", sheet="Limits", row=12, column=3, column_name="C"),
        "[-36.50-]{+41.25+} [formula: =B12*[-1.00-]{+1.13+}]",
        "number",
    ),
    replaced(
        PartPlace(area="title", slide=4), "[-Three-]{+Four+} steps to a report\nWho, what, {+when, +}to whom"
    ),
    replaced(
        PartPlace(area="body", heading="الملحق أ"),
        "يجب الإبلاغ عن المدفوعات النقدية التي تبلغ [-10,000-]{+3,000+} يورو أو أكثر.",
        "amount",
    ),
    replaced(
        PartPlace(area="footer"),
        "https://intranet.company.example/compliance/[-policies_of_the_year_2025_as_approved_by_the_board_in_"
        "december-]{+policies_of_the_year_2026_as_approved_by_the_board_in_february_and_in_march+}/index",
    ),
)

_KINDS = ("replaced", "inserted", "deleted", "moved")
_MATTERS = ("amount", "date", "number", "obligation", "name")
_SHA256, _SIZE = hashlib.sha256(b"AML Policy 2026.docx, version 4").hexdigest(), 48_760
SUMMARY = ComparisonSummary(
    state=ComparisonState.COMPARED,
    counts={kind: sum(part.kind == kind for part in PARTS) for kind in _KINDS},
    matters={
        matter: count for matter in _MATTERS if (count := sum(matter in part.matters for part in PARTS))
    },
    sha256=_SHA256,
    size=_SIZE,
)
COMPARED = replace(OPEN, id="sample-of-changes", file_id="3358286", changes=SUMMARY)


COMPARISON = Comparison(
    review_id=COMPARED.id,
    revision=COMPARED.revision,
    summary=SUMMARY,
    before=DocumentState(version=3, updated=SAVED - timedelta(days=24), sha256="3" * 64, size=48_211),
    after=DocumentState(version=4, updated=SAVED, sha256=_SHA256, size=_SIZE),
)
"""Of `COMPARED`; its parts are sealed where it is stored."""
