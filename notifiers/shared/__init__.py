"""What several channels have in common: dialects, and how far sides fail."""
