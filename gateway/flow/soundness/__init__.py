"""Facts for the question whether monitoring is sound: from files, git and stored history."""
