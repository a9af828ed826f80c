"""The record as it is known: today, or on an earlier day."""
