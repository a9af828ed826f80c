"""Moments in English, in lists and forms of the desk."""

DATETIME_FORMAT = "j F Y, H:i"
