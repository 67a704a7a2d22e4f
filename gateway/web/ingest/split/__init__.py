"""Large bodies cut into pieces that are parsed in a few milliseconds each."""
