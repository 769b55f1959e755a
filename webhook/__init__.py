"""The interface from DocSpace to us: the signature, the payload, its enrichment, and the receiving view."""
