"""The plan of a ticket: levels, fields, notes, replies and the next look."""
