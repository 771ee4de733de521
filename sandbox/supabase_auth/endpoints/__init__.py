"""The HTTP surface of the sign-in stand-in, one module a concern."""
