"""Devices that signed in to an account before."""
