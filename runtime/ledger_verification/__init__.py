"""The checks of the ledger: chain, reviews and guards in the database, the chain in a file."""
