"""What `deliveries list` prints."""

from __future__ import annotations

from reviews.kinds import CardState
from reviews.routes.route import Target
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import print_json
from runtime.commands.printing.review_json import build_card_json
from runtime.commands.printing.table_layout import Styled
from runtime.commands.printing.tables import print_table

STYLES = {CardState.DEAD: "red"}


def print_deliveries(*, as_json: bool, limit: int, state: str | None) -> None:
    with open_wiring().transactions(reading=True) as work:
        cards = work.cards.list_recent(limit, state=state)
    if as_json:
        print_json([build_card_json(card) for card in cards])
        return
    print_table(
        ("id", "review", "what", "target", "state", "attempts", "error"),
        (
            (
                card.id,
                card.review_id,
                card.notice.kind if card.notice else "card",
                Target(notifier=card.notifier, address=card.target),
                Styled(card.state, STYLES.get(card.state, "")),
                card.attempts,
                card.error,
            )
            for card in cards
        ),
        folding=("error",),
        moving=("target",),
        empty="Nothing yet." if state is None else f"None is {state}.",
    )
