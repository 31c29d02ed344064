"""What staff manage of identity: people, roles, the keys of machines, and the record of who changed what."""
