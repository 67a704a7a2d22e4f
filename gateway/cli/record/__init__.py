"""`gateway record`: what happened, in a file that `gateway simulate` plays."""
