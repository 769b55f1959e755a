"""Privacy of routes: redacted titles, notes and links, and which channels are public."""
