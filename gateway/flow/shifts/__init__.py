"""Messages about shifts: reminders, changed shifts, handovers, who is on call now."""
