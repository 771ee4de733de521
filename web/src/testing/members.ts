import type { Member } from "../api/shapes";
import type { Handler } from "./fakeServer";

export const ANA: Member = {
  user_id: "u1",
  email: "demo@acme.example",
  name: "Ana Acme",
  role: "owner",
  joined_at: "2026-11-01T10:00:00Z",
  is_you: true,
};

export const BEN: Member = {
  ...ANA,
  user_id: "u2",
  email: "ben@acme.example",
  name: "Ben",
  role: "member",
  is_you: false,
};

export const MEMBERS: Record<string, Handler> = {
  "GET /v1/members": () => Response.json({ items: [ANA, BEN] }),
  "GET /v1/invitations": () => Response.json({ items: [] }),
};
