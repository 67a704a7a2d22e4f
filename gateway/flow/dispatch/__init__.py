"""Due incidents are decided on."""
