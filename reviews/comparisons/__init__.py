"""What changed in a document since it was reviewed: requested, compared by a worker, shown to some."""
