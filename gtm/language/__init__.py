"""From words to a MetricQuery, a question back, or an honest refusal."""
