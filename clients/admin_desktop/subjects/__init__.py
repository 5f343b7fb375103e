"""What the console edits, one subject a file: what is asked for and sent, and the rules beside the fields."""
