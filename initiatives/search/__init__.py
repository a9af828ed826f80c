"""How texts are compared, kept and found."""
