"""The queries of calendar-sync. Every one takes a transaction; none commits.

`connections`, `turns` and `sign_ins` keep accounts, `periods` what is read, `wanted` and `seats`
what is to be written, `ours` what became of it, `watches` who tells us, `tables` the columns.
"""
