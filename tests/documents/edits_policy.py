"""Edits of the policy in its several pages, of the form and of the notice."""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, moved, replaced

PDFS = "pdf libreoffice.pdf"

POLICY_EDITS = [
    *edit_files(
        "policy-amount",
        "pdf",
        replaced("page 1", "more than 50 euros", "more than 30 euros"),
        untouched=("modest and open", "in the register within", "Cash and vouchers"),
    ),
    *edit_files(
        "policy-may",
        "pdf",
        replaced("", "euros shall be refused", "euros may be refused"),
        untouched=("modest and open", "in the register within"),
    ),
    *edit_files(
        "policy-not",
        "pdf",
        replaced("", "good faith is not tolerated", "good faith is tolerated"),
        untouched=("without a name", "answered within two weeks", "law firm"),
    ),
    *edit_files(
        "policy-name",
        "pdf",
        replaced("page 3", "Teresa Couto", "Martín Seoane"),
        untouched=("Bonuses", "public prosecutor"),
    ),
    *edit_files(
        "policy-sentence-inserted",
        PDFS,
        inserted(
            "page 1", "Loans between employees and business partners are forbidden, even at market rates."
        ),
        untouched=("Meals are fine", "whatever their value", "Public officials", "Warning signs"),
    ),
    *edit_files(
        "policy-sentence-deleted",
        "pdf",
        deleted("", "The consent names the person, the occasion and the amount."),
        untouched=("Invitations to a launch", "Nothing is offered", "Warning signs"),
    ),
    *edit_files(
        "policy-paragraph-inserted",
        "pdf",
        inserted("page", "Donations to parties, their foundations and their candidates are not made"),
        untouched=("ten days ahead", "Flowers and calendars", "Warning signs", "Breaches are"),
    ),
    *edit_files(
        "policy-paragraph-deleted",
        "pdf",
        deleted("page 2", "Warning signs are a refusal to name the owners"),
        untouched=("every two years", "Partner", "Breaches are"),
    ),
    *edit_files(
        "policy-paragraph-moved",
        "pdf",
        moved("page 3", "Warning signs are a refusal to name the owners"),
        untouched=("every two years", "Partner", "Breaches are"),
    ),
    *edit_files(
        "policy-item",
        "pdf",
        replaced("", "handed to the works council", "handed to the front desk"),
        untouched=("Flowers and calendars", "Travel is paid"),
    ),
    *edit_files(
        "policy-row-inserted",
        "docx",
        inserted("Third parties, table 1, row 4", "Consultant | Short | Purchasing"),
        untouched=("Broker", "Carrier"),
    ),
    *edit_files("policy-font", "pdf"),
    *edit_files("policy-split", "pdf"),
]

FORMS = "oform libreoffice.oform libreoffice.odt pdf"
FORM_EDITS = [
    *edit_files(
        "form-amount",
        FORMS,
        replaced("field Contract value", "EUR 48,000", "EUR 52,500"),
        untouched=("Nordwind", "Risk class: ", "Teresa Couto"),
    ),
    *edit_files(
        "form-choice",
        "oform pdf",
        replaced("field Risk class", "low", "high"),
        untouched=("Nordwind", "Teresa Couto"),
    ),
    *edit_files(
        "form-check",
        "oform",
        replaced("field Sanctions list checked", "\u2610", "\u2612"),
        untouched=("Nordwind", "Teresa Couto"),
    ),
    *edit_files("form-check", "pdf", replaced("field Sanctions list checked", "", "")),
    *edit_files(
        "form-emptied",
        "oform",
        deleted("field Approver", "Teresa Couto"),
        untouched=("signs below", "Nordwind"),
    ),
    *edit_files(
        "form-text",
        "libreoffice.oform",
        replaced("Approval", "Copies go to the archive.", "Copies go to the archive and the bank."),
        untouched=("signs below", "Teresa Couto"),
    ),
    # LibreOffice calls the fields of a PDF Widget, _2, _3; the name people see is the tooltip.
    *edit_files(
        "form-amount",
        "libreoffice.pdf",
        replaced("field", "EUR 48,000", "EUR 52,500"),
        untouched=("Nordwind", "Teresa Couto"),
    ),
]

NOTICE_EDITS = [
    *edit_files(
        "notice-german",
        "docx",
        replaced("", "beträgt 1.250,00 € und wird", "beträgt 1.350,00 € und wird"),
        untouched=("Änderungen", "Größere"),
    ),
    *edit_files(
        "notice-german-not",
        "odt",
        replaced("Deutsch", "Änderungen bedürfen der", "Änderungen bedürfen nicht der"),
        untouched=("Prüfgebühr", "Größere"),
    ),
    *edit_files(
        "notice-accent",
        "docx libreoffice.odt",
        replaced("Español", "¿Quién avisa al práctico?", "¿Quién avisa al practico?"),
        untouched=("alarma", "muelle", "jefe de turno"),
    ),
    *edit_files(
        "notice-polish",
        "odt",
        replaced("", "odbędą się w środę", "odbędą się w piątek"),
        untouched=("kasku",),
    ),
    *edit_files(
        "notice-hebrew",
        "docx libreoffice.docx odt",
        replaced("עברית", "דוד כהן", "יוסי לוי"),
        untouched=("קסדה", "בשעות היום"),
    ),
    *edit_files(
        "notice-arabic",
        "docx libreoffice.odt",
        replaced("العربية", "الساعة السادسة", "الساعة السابعة"),
        untouched=("الخوذة", "بالحارس"),
    ),
    *edit_files("notice-zero-width", "docx"),
    *edit_files("notice-soft-hyphen", "odt"),
    *edit_files("notice-decomposed", "odt"),
]
