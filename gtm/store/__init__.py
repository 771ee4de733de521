"""Application state that is not in the warehouse."""
