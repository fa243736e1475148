"""What people wrote in gates, candidates, judges and waivers, as specs."""
