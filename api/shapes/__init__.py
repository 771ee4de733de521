"""What REST routes take and give, one module a resource."""
