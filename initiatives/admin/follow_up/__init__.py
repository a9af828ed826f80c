"""Recording, correcting, reviewing and publishing entries."""
