"""What operators set: the only readers of the environment, and the routing file that it names."""
