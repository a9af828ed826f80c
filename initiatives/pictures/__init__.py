"""Geometry of charts and of the badge; the markup is in templates."""
