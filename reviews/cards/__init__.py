"""Cards: the neutral card of a review, which each channel renders, and what a channel must do."""
