"""Where rows live: the port and one adapter an engine."""
