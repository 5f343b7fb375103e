"""Floor 2: the only place with SQL. Returns frozen domain values, never rows of a driver."""
