"""Is the stand-in Freshdesk true to what is known of the real one?"""
