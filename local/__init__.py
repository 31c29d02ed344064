"""The laptop cloud: the whole system on one machine, built from the same templates as on AWS."""
