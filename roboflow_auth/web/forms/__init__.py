"""The pages' forms, one file per noun: what people type, as values for the services."""
