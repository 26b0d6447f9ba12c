"""What people would use instead, and the physical limit.

Each module runs alone in the venv that `make bench` keeps for them and imports nothing of ours: one JSON
object on stdin, one on stdout.
"""
