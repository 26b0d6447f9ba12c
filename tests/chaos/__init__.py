"""Does every ticket get exactly its effects, whatever breaks? Storms on real processes, and a checker."""
