"""DocSpace calls us: signature, payload, receiver, and what is then asked about files, people and rights."""
