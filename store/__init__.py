"""Where it is written down: the engine, the schema, one unit of work, the migrations."""
