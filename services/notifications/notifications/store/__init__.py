"""Queries. Each takes a transaction and never commits."""
