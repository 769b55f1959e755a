"""What a private route shows, and to whom: redacted titles, notes and links; public channels."""
