"""`./workestra config`: links, schedules, teams and forms as YAML, over the host API.

`entries` and `clocks` say each in the file's words, `document` reads and writes the file,
`planning` finds what would change and `differing` says it: all of these are pure. `installation`
speaks HTTP, `program` is the three commands.
"""
