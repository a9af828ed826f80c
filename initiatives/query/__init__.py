"""What a query string means: parameters, filters, pages, days."""
