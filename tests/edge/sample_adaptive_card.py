"""An Adaptive Card that Teams takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.edge.adaptive_cards import Json

GOOD: Json = {
    "type": "AdaptiveCard",
    "version": "1.4",
    "fallbackText": "AML_Policy.docx was changed by Alice.",
    "msteams": {
        "width": "Full",
        "entities": [
            {"type": "mention", "text": "<at>Olga</at>", "mentioned": {"id": "o@example.com", "name": "Olga"}}
        ],
    },
    "body": [
        {"type": "TextBlock", "text": "Due {{DATE(2026-01-01T00:00:00Z, SHORT)}} for <at>Olga</at>"},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "**AML** [Policy](x) < 3"}]},
    ],
    "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": "https://acme.example.com/"}],
}
