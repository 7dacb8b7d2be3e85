"""What can be known of values and relations before solving: domains, and lower and upper bounds."""
