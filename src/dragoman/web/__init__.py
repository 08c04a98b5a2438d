"""The pages: what people of the desk see and press, one folder a page."""
