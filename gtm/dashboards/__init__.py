"""Charts that are kept, the dashboards they are on, and links that show them."""
