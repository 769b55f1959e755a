"""What the product asks of the database and of DocSpace: protocols, and the rows they hand over."""
