"""The interface from us to DocSpace: one client, one HTTP seam, its errors."""
