"""The commands `ledger`: checked, exported, signed, proven, and packed for auditors."""
