"""How staff sign in, and who they are."""
