"""Executions: concrete, re-checked without the solver, enumerated, and told as stories."""
