"""The queries. Each takes a transaction and never commits."""
