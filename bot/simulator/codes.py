"""What do Freshdesk's priority and source codes mean?"""

from __future__ import annotations

PRIORITY_LABELS = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent"}
SOURCE_LABELS = {
    1: "Email",
    2: "Portal",
    3: "Phone",
    4: "Forum",
    5: "Twitter",
    6: "Facebook",
    7: "Chat",
    8: "MobiHelp",
    9: "Feedback Widget",
    10: "Outbound Email",
    11: "Ecommerce",
    12: "Bot",
    13: "WhatsApp",
}
# Accounts may add sources of their own from 101 on.
SOURCES = (*SOURCE_LABELS, *range(101, 111))
