"""The ledger: its hash chain, its entries, the checks of both, and the history of a review in words."""
