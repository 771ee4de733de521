"""From a ChartSpec to a picture, as the web UI draws it, for where there is no browser."""
