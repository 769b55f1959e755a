"""Files of PDF (ISO 32000-1), which have lines on pages and no paragraphs."""
