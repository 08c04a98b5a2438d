"""The ground floor: database, jobs, live notices, files, secrets, limits, languages, logs."""
