"""What people do with an incident: each action is one pure decision."""
