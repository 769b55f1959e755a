"""The whole ledger in the database, checked: the chain, the reviews beside it, the guards."""
