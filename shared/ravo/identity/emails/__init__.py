"""The mails about accounts."""
