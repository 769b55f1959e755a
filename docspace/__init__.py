"""We call DocSpace: one client, one place where HTTP happens, its errors."""
