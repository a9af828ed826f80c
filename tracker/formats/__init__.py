"""How moments are written where nothing else is said, by language: as everywhere else on our pages."""
