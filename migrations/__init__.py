"""The schema's history: one file per floor of the house, run by ``app.kit.migrate``."""
