"""How far sides are called from here: the limits that all processes share, bounded clients."""
