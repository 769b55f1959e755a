"""The check of the whole ledger in the database: the chain, the reviews beside it, the guards."""
