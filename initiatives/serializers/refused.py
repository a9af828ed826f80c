"""Stands for Django’s other formats, which would look up rows that are gone; Django says so where one is asked for."""

raise ImportError(
    "Dumps are JSON or YAML: no other format keeps a change history that speaks of rows that are gone."
)
