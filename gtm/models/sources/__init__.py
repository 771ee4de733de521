"""Which models each source has, in the order they are built."""
