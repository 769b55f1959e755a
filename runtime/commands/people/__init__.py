"""The commands `people`: a person is erased."""
