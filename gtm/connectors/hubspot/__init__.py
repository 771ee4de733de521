"""HubSpot: its API's records, CSV exports and Fivetran's tables."""
