SELECT MIN(event_date), MAX(event_date), COUNT(*) FROM events_
