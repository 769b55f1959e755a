"""We talk to DocSpace: one client, one HTTP seam, its errors."""
