"""The auditor's pack: what happened to the reviews of a route in a period, from the entries of the ledger."""
