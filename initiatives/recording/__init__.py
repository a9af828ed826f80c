"""The one way in: actions, what follows from entries, who may do what."""
