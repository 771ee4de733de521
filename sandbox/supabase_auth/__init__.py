"""A loopback stand-in for Supabase Auth: the same wire, kept in one SQLite file."""
