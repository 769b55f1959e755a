"""A form that a buyer fills in, and a notice in several languages, and what is changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.documents.corpus_model import Block, Story, reword

if TYPE_CHECKING:
    from tests.documents.corpus_model import WordChange

FORM = Story(
    header="Supplier onboarding",
    blocks=(
        Block("title", "Supplier onboarding form"),
        Block("text", "This form is filled in by the buyer. It is kept with the contract."),
        Block("heading", "Supplier"),
        Block("text", "Company: <<field:Company|Nordwind Components GmbH>>"),
        Block("text", "Contract value: <<field:Contract value|EUR 48,000>>"),
        Block("text", "Risk class: <<choice:Risk class|low>>"),
        Block("heading", "Approval"),
        Block("text", "Sanctions list checked: <<check:Sanctions list checked|no>>"),
        Block("text", "Approver: <<field:Approver|Teresa Couto>>"),
        Block("text", "The approver signs below the line. Copies go to the archive."),
    ),
)
FORM_CHANGES: dict[str, WordChange] = {
    "amount": reword("|EUR 48,000", "|EUR 52,500"),
    "choice": reword("Risk class|low", "Risk class|high"),
    "check": reword("checked|no", "checked|yes"),
    "emptied": reword("Approver|Teresa Couto", "Approver|"),
    "text": reword("Copies go to the archive.", "Copies go to the archive and the bank."),
}

NOTICE = Story(
    header="Yard notice 14",
    font="DejaVu Sans",
    blocks=(
        Block("title", "Yard notice"),
        Block("heading", "Deutsch"),
        Block(
            "text",
            "Die Prüfgebühr beträgt 1.250,00 € und wird jährlich fällig. Änderungen bedürfen der "
            "Schriftform. Größere Schäden sind unverzüglich zu melden.",
        ),
        Block("heading", "Español"),
        Block(
            "text",
            "El año pasado se cerró el muelle número tres. La señal de alarma suena dos veces. ¿Quién avisa "
            "al práctico? El jefe de turno.",
        ),
        Block("heading", "Polski"),
        Block("text", "Wstęp tylko w kasku i żółtej kamizelce. Ćwiczenia odbędą się w środę."),
        Block("heading", "עברית"),
        Block("text", "הכניסה למספנה מותרת בשעות היום בלבד. יש לחבוש קסדה בכל עת. האחראי הוא דוד כהן."),
        Block("heading", "العربية"),
        Block(
            "text", "يجب ارتداء الخوذة داخل الحوض. الدخول ممنوع بعد الساعة السادسة. اتصل بالحارس عند الحاجة."
        ),
    ),
)
NOTICE_CHANGES: dict[str, WordChange] = {
    "german": reword("1.250,00 € und wird jährlich", "1.350,00 € und wird jährlich"),
    "german-not": reword("Änderungen bedürfen der", "Änderungen bedürfen nicht der"),
    "accent": reword("práctico?", "practico?"),
    "polish": reword("się w środę", "się w piątek"),
    "hebrew": reword("דוד כהן", "יוסי לוי"),
    "arabic": reword("السادسة", "السابعة"),
    "zero-width": reword("muelle número", "mue\u200blle nú\u200bmero"),
    "soft-hyphen": reword("unverzüglich", "unver\u00adzüglich"),
    "decomposed": reword("La señal de", "La sen\u0303al de"),
}
