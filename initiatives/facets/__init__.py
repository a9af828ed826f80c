"""Which initiatives have which values: bitmaps in memory, their counts and their orders."""
