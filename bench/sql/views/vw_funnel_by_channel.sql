SELECT step_order, step_name, SUM(sessions) AS sessions
FROM vw_funnel_by_channel GROUP BY step_order, step_name ORDER BY step_order
