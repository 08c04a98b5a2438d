"""Which checks speak up before answers are sent, and which are switched off."""
