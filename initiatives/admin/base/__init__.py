"""What the pages of all models share."""
