"""The commands `reviews`: listed, shown, compared, watched."""
