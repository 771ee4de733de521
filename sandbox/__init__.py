"""Loopback stand-ins for hosted services; each refuses to run in production."""
