"""Documents for the product: read and compared in a process of their own, sealed before they are stored."""
