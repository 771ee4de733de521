"""The audit trail: who did what in which workspace."""
