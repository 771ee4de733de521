"""Google Analytics 4: the BigQuery export."""
