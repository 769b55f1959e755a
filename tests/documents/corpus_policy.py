"""A compliance policy of several pages of plain paragraphs, and what is changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.documents.corpus_model import (
    Block,
    Story,
    delete,
    insert,
    insert_row,
    move,
    reword,
    set_font,
    split,
)

if TYPE_CHECKING:
    from tests.documents.corpus_model import WordChange

POLICY = Story(
    header="Anti-corruption policy, version 4",
    footer="Ferrol Marine S.A., compliance office. Page <<page:1>>",
    paper="A5",
    blocks=(
        Block("title", "Anti-corruption policy"),
        Block(
            "text",
            "This policy says how everyone who works for the company keeps clear of bribery. It was "
            "approved by the board on 12 January 2026. It applies from the first day of the following month.",
        ),
        Block("heading", "Purpose"),
        Block(
            "text",
            "Bribery harms customers, colleagues and the towns in which we build ships. It is a crime in "
            "every country where we have a yard or an office. A single case can shut us out of public "
            "tenders for years. The rules below are meant to make the right choice an easy one. They are "
            "short on purpose, and the compliance office explains them gladly.",
        ),
        Block("heading", "Gifts and hospitality"),
        Block(
            "text",
            "Gifts build trust only where they are modest and open. A gift worth more than 50 euros shall "
            "be refused. Smaller gifts are entered in the register within five days. Cash and vouchers are "
            "never accepted, whatever their value. Meals are fine when there is business to discuss and the "
            "bill is reasonable. Families and friends are not invited at the company's expense.",
        ),
        Block(
            "text",
            "Public officials are a case of their own. Nothing is offered to them without the written "
            "consent of the compliance office. The consent names the person, the occasion and the amount. "
            "Invitations to a launch or a naming ceremony are no exception. Requests are made at least ten "
            "days ahead.",
        ),
        Block("item", "Flowers and calendars need no entry in the register."),
        Block("item", "Prizes of a draw at a trade fair are handed to the works council."),
        Block("item", "Travel is paid by the one who travels, or by the employer."),
        Block("heading", "Conflicts of interest"),
        Block(
            "text",
            "A conflict arises when a private interest could sway a decision. Shares in a supplier, a second "
            "job or a relative in the other team are the usual cases. Each conflict is declared to the line "
            "manager in writing. The manager decides within a week who takes over the decision. A declared "
            "conflict is nothing to be ashamed of.",
        ),
        Block("heading", "Third parties"),
        Block(
            "text",
            "Agents and brokers act in our name, so their conduct is ours. Every agent is checked before "
            "the contract is signed. The check covers owners, references and bank accounts. Commissions "
            "above four percent need the signature of two directors. Payments go to an account in the "
            "country where the work is done. The check is repeated every two years.",
        ),
        Block(
            "text",
            "Warning signs are a refusal to name the owners, an invoice without details, or a wish to be "
            "paid in cash. A manager who sees one of them stops the payment. The compliance office then "
            "looks into the matter.",
        ),
        Block(
            "table",
            rows=(
                ("Partner", "Check", "Approved by"),
                ("Agent", "Full", "Directors"),
                ("Broker", "Full", "Sales"),
                ("Carrier", "Short", "Logistics"),
            ),
        ),
        Block("heading", "Books and ledgers"),
        Block(
            "text",
            "Every payment is booked for what it is. Vouchers are stored for ten years in the archive at "
            "Ferrol. No account is held outside the books. The internal audit samples fifty payments each "
            "quarter. Its findings go to the board without detours.",
        ),
        Block("heading", "Training"),
        Block(
            "text",
            "New colleagues complete the online course within their first month. Buyers, sales staff and "
            "site managers also attend a seminar each spring. The course ends with a test of twenty "
            "questions. Whoever fails it twice talks with the compliance office.",
        ),
        Block("heading", "Raising concerns"),
        Block(
            "text",
            "Concerns are raised with a manager, the works council or the hotline. The hotline is answered "
            "by a law firm in Vigo and takes calls in four languages. Reports may be made without a name. "
            "Retaliation against those who report in good faith is not tolerated. Each report is answered "
            "within two weeks.",
        ),
        Block("heading", "Sanctions"),
        Block(
            "text",
            "Breaches are punished under labour law, up to dismissal. Bonuses of the year are lost in any "
            "case. Criminal acts are reported to the public prosecutor. The head of compliance, Teresa "
            "Couto, reports each case to the board.",
        ),
    ),
)

LOANS = "Loans between employees and business partners are forbidden, even at market rates."
DONATIONS = (
    "Donations to parties, their foundations and their candidates are not made in the company's name. "
    "Private donations remain a private matter. Sponsoring of sports clubs is decided by the works council "
    "and the board together, once a year, from a fixed budget."
)

POLICY_CHANGES: dict[str, WordChange] = {
    "amount": reword("more than 50 euros", "more than 30 euros"),
    "may": reword("euros shall be refused", "euros may be refused"),
    "not": reword("in good faith is not tolerated", "in good faith is tolerated"),
    "name": reword("Teresa Couto", "Martín Seoane"),
    "sentence-inserted": reword("whatever their value. Meals", f"whatever their value. {LOANS} Meals"),
    "sentence-deleted": reword(" The consent names the person, the occasion and the amount.", ""),
    "paragraph-inserted": insert(Block("text", DONATIONS), after="Public officials"),
    "paragraph-deleted": delete(begins="Warning signs"),
    "paragraph-moved": move(begins="Warning signs", after="Breaches are punished"),
    "item": reword("handed to the works council", "handed to the front desk"),
    "row-inserted": insert_row(("Consultant", "Short", "Purchasing"), after="Broker"),
    "font": set_font("Georgia"),
    "split": split(before="Reports may be made"),
}
