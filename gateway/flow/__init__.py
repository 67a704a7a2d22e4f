"""The four verbs: intake, dispatch, deliver, respond, and the loops that drive them."""
