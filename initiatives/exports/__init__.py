"""Lists to take away: the same rows in the same order as on the page, whole, as CSV, JSON and XLSX.

``columns.py`` says once what each row holds, ``rows.py`` reads it, the others write it down.
"""
