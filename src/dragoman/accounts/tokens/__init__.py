"""Access tokens: programs that act for a person of the desk, within what their scopes allow."""
