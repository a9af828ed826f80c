"""Which database and which memory answer, and how true they are."""
