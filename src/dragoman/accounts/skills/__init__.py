"""Skills: which languages, shops, product lines and customers somebody is good for."""
