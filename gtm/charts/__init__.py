"""From a result to a ChartSpec."""
