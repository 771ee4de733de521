-- The agents' own memory of conversations: ADK makes and reads the tables of this schema, as the worker. No
-- signed-in user reaches it, and no request's connection.
create schema if not exists agents;
grant usage, create on schema agents to app_worker;
