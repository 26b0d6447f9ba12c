"""Everything that lets the product run on one machine with nothing else installed.

Lives here: the embedded Valkey, the supervisor that keeps our own processes alive side by side, the demo
and its sample tickets, `semaforo run`. May not live here: any decision about a ticket, anything the
processes themselves need in production. Only the command line calls it, loaded late: to start all this, and,
where no REDIS_URL is named, to find what already runs in this folder. With one named nothing of it is loaded.
"""
