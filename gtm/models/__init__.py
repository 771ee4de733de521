"""The SQL models: staging, facts and views, built after every load."""
