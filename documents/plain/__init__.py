"""Files of plain text: TXT, Markdown and CSV."""
