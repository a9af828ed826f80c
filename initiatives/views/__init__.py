"""The public pages: fetch, filter, render. Views, templates and routes share their names."""
