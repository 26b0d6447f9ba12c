"""Clients written by others, driven against the simulator: `make interop`.

Lives here: one script a client, run in an environment of its own, which prints a line a step. May not live
here: anything `make test` needs.
"""
