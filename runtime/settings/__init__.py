"""The settings of operators: the only readers of the environment, and the routing file that it names."""
