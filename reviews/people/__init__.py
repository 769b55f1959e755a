"""People: who a person is, how that is proven, and who may answer a review."""
