"""The queries of crm-bridge. Every one takes a transaction and filters by workspace; none commits.

`follow` writes what messages say, `read` answers questions, `tables` names the columns.
"""
