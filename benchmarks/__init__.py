"""The performance suite: the bot beside its peers, on the same dialogue, in the same run.

Not tests and never imported by the product. `python -m benchmarks --help` lists the runs.
"""
