"""Rotation: who of a team takes a meeting, why, and what would have been with other weights.

Pure rules on frozen values; source: product.md, Round robin. Shares are counted in thousandths of
a meeting, as whole numbers, so that a decision depends on nothing but what is shown of it.
"""
