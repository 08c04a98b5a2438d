"""E-mail: reading, writing, fetching and handing it on."""
