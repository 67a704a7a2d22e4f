"""Reports: figures over incidents and their notices. Pure functions of facts."""
