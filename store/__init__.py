"""The database: the engine, the schema, one unit of work, the migrations."""
