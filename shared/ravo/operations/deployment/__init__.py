"""What deployments run."""
