"""How two states of a document differ: aligned, then compared word by word, what matters most first."""
