"""What several channels share: dialects, and how remote services fail."""
