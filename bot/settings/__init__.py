"""What the environment says, checked: a leaf that any floor but the policy may use.

Lives here: every environment variable with its default and its problem, the files of secrets and people it
names, and which addresses are safe. May not live here: what rules say, or anything that acts on a setting.
"""

from bot.settings.model import PortalSettings, Settings
from bot.settings.portals import DOMAIN_PATTERN, PORTAL_VARIABLE
from bot.settings.reader import SettingsError
from bot.settings.reading import read_settings, redis_url_of

__all__ = [
    "DOMAIN_PATTERN",
    "PORTAL_VARIABLE",
    "PortalSettings",
    "Settings",
    "SettingsError",
    "read_settings",
    "redis_url_of",
]
