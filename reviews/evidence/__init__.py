"""What proves the ledger to others: its Merkle tree, checkpoints and proofs, in the formats of C2SP."""
