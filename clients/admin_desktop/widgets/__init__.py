"""What the console shows: passive widgets, one a file."""
