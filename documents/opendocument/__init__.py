"""Text of OpenDocument files: ODT, ODS, ODP and their templates (OASIS OpenDocument 1.3, part 3)."""
