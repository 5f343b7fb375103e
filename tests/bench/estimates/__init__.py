"""Waiting-time estimates against a seeded simulation and the usual baselines."""
