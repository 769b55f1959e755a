"""All edits of the corpus: `EDITS`."""

from __future__ import annotations

from dataclasses import replace

from tests.documents.edit import Difference, Edit, deleted, inserted
from tests.documents.edits_agreement import AGREEMENT_EDITS
from tests.documents.edits_budget import BUDGET_EDITS
from tests.documents.edits_letter import LETTER_EDITS
from tests.documents.edits_plain import PLAIN_EDITS
from tests.documents.edits_policy import FORM_EDITS, NOTICE_EDITS, POLICY_EDITS
from tests.documents.edits_training import TRAINING_EDITS

__all__ = ["EDITS", "UNREADABLE", "Difference", "Edit"]

UNREADABLE = (
    "notice-locked.docx",
    "notice-truncated.docx",
    "budget-locked.xlsx",
    "budget-truncated.ods",
    "notice-empty.docx",
    "policy-locked.pdf",
    "policy-scan.pdf",
    "policy-truncated.pdf",
    "training-text.pptx",
)
"""Files that can't be read, each beside one that can: `notice-locked.docx` and `notice.docx`."""


def undo(edit: Edit) -> Edit:
    """Return the edit the other way round; where something was inserted, it is deleted."""
    says = tuple(
        deleted(each.where, each.after) if each.kind == "inserted" else inserted(each.where, each.before)
        for each in edit.says
    )
    return replace(edit, name=f"undo-{edit.name}", before=edit.after, after=edit.before, says=says)


MADE: tuple[Edit, ...] = (
    *AGREEMENT_EDITS,
    *LETTER_EDITS,
    *POLICY_EDITS,
    *FORM_EDITS,
    *NOTICE_EDITS,
    *BUDGET_EDITS,
    *TRAINING_EDITS,
    *PLAIN_EDITS,
)
UNDONE = tuple(undo(edit) for edit in MADE if all(each.kind in {"inserted", "deleted"} for each in edit.says))
UNREADABLE_EDITS = tuple(
    Edit(name, f"{name.partition('-')[0]}.{name.rpartition('.')[2]}", name, state="unreadable")
    for name in UNREADABLE
)
EDITS: tuple[Edit, ...] = (*MADE, *UNDONE, *UNREADABLE_EDITS)
