"""What the service costs, each time against a yardstick measured in the same run. ``make bench`` runs all of it."""
