"""The landing tables of every source, in its native schema."""
