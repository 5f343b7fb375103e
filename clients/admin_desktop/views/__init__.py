"""Pure: from what is known to what is to be seen."""
