"""What sets an installation up and checks it, from `init` and `doctor` to `webhook` and app manifests."""
