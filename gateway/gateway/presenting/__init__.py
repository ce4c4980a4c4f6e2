"""What pages need to show things well: times per zone, the month grid, colours, assets.

Pure, but for `assets` (reads the manifest of the built files) and `jinja` (installs all of it).
"""
