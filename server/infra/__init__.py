"""The machine around the server: database process, keys, logs."""
