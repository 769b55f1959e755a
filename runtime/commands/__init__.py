"""The command line, one module for each topic."""
