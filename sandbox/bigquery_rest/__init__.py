"""A loopback stand-in for BigQuery: the REST of its v2 API over the embedded engine."""
