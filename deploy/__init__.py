"""What production needs besides the program: users of Redis, units of systemd, the audit of the lock file."""
