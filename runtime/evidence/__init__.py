"""The ledger's key, and the checkpoints that are signed with it."""
