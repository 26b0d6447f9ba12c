"""Calendar, levels, statuses and the two clocks of a ticket."""
