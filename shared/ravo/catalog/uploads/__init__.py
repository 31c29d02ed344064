"""Uploads: files that staff send straight to S3."""
