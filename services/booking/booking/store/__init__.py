"""Queries. Each takes a transaction and never commits; times come in as arguments, in UTC."""
