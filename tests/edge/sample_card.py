"""A realistic review card and a modal, for the tests of the fake itself."""

from typing import Any

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def button(action_id: str, words: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(words), "value": "r-1", **more}


def review_card() -> Json:
    label = "Acknowledge review of Policy &lt;7&gt;.docx"
    return {
        "text": "Dana Ozola changed Policy &lt;7&gt;.docx in Compliance; please review it.",
        "blocks": [
            {"type": "header", "block_id": "title", "text": plain("Policy <7>.docx changed & needs review")},
            {
                "type": "section",
                "block_id": "facts",
                "text": mrkdwn("<https://portal.example/doc?id=7&amp;v=8|Policy &lt;7&gt;.docx>"),
                "fields": [
                    mrkdwn("*Changed by*\nDana Ozola &amp; Ilze"),
                    mrkdwn("*When*\n<!date^1760000000^{date_short_pretty} at {time}|9 Oct 2025 08:53 UTC>"),
                ],
            },
            {
                "type": "actions",
                "block_id": "answers",
                "elements": [
                    button("acknowledge", "Acknowledge review", style="primary", accessibility_label=label),
                    button("request_changes", "Request changes"),
                    button("open", "Open file", url="https://portal.example/doc?id=7"),
                ],
            },
            {"type": "context", "block_id": "small", "elements": [mrkdwn("Version 7 to 8, due in 8 hours")]},
        ],
        "metadata": {"event_type": "docspace_review_requested", "event_payload": {"review_id": "r-1"}},
    }


def note_modal() -> Json:
    return {
        "type": "modal",
        "callback_id": "request_changes",
        "private_metadata": "r-1",
        "title": plain("Request changes"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": "note",
                "label": plain("What should change?"),
                "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
            }
        ],
    }


def home_view() -> Json:
    return {"type": "home", "blocks": [{"type": "section", "text": mrkdwn("Nothing to review")}]}
