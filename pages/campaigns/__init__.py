"""The pages of campaigns: which there are, and who has read what."""
