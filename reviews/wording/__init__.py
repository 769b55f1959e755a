"""How people, documents, changes and lengths of time are put into words."""
