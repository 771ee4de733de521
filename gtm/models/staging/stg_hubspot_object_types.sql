-- What object types are called: in singular or plural, or by number.
SELECT name, 'company' AS kind, 1 AS level FROM UNNEST(['company', 'companies', '0-2']) AS name
UNION ALL
SELECT name, 'contact' AS kind, 2 AS level FROM UNNEST(['contact', 'contacts', '0-1']) AS name
UNION ALL
SELECT name, 'deal' AS kind, 3 AS level FROM UNNEST(['deal', 'deals', '0-3']) AS name
UNION ALL
SELECT name, 'engagement' AS kind, 4 AS level
FROM UNNEST([
  'engagement', 'engagements', '0-4',
  'call', 'calls', '0-48',
  'email', 'emails', '0-49',
  'meeting', 'meetings', '0-47',
  'note', 'notes', '0-46',
  'task', 'tasks', '0-27',
  'communication', 'communications', '0-18'
]) AS name
