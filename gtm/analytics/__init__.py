"""The one road to the warehouse: scope, run, keep under a handle, receipt, audit."""
