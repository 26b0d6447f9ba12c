"""Benchmarks: what the product does most, beside what people would use instead and the physical limit.

A benchmark is a module with `LINES`, what it measures and each goal, and `run(size)`, which returns a figure
a line. `catalogue` lists them, `python -m bench` runs them; what is not in the catalogue (accuracy of the
rules, weights of words, many machines) runs by itself. Nothing of the product imports from here.
"""
