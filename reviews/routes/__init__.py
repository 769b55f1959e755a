"""Routes: who must review what, and by when: the routing file, its values, and working time."""
