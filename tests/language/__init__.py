"""The interface in other languages than English: complete, and never half a message in each."""
