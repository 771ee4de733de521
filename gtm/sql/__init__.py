"""What SQL may run, and how it is kept inside a tenant."""
