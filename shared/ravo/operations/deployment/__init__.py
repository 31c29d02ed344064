"""Deployment: the functions that deployments run."""
