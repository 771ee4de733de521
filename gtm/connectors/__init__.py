"""One folder a source: native schema, reading and checking of its files."""
