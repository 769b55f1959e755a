"""The product: what a change is, which review it opens, who may answer, and what is stored."""
