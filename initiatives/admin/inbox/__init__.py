"""The first page of the desk: what waits for a person, each row with its next step."""
