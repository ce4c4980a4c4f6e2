"""The queries of calendar-sync. Every one takes a transaction; none commits.

`connections` and `periods` keep what is read, `wanted` what is to be written, `tables` the columns.
"""
