"""Is Freshdesk spoken to, and listened to, as it really is?"""
