"""Tokens: issuing, checking, and the sign-in provider."""
