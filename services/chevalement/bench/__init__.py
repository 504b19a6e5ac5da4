"""What the platform costs, as ratios to ceilings measured in the same run with the same bytes."""
