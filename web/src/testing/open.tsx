import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import type { Role } from "../api/shapes";
import { createServices } from "../services";
import { fakeServer, type Handler } from "./fakeServer";
import { LOGIN, WORKSPACE } from "./samples";

interface OpenOptions {
  address?: string;
  role?: Role;
  routes?: Record<string, Handler>;
}

/** Opens the product for somebody who is signed in. */
export function openSignedIn({ address = "/", role = "owner", routes = {} }: OpenOptions = {}) {
  history.replaceState(null, "", address);
  const workspace = { ...WORKSPACE, role };
  const { requests } = fakeServer({
    "GET /v1/tenants/current": () => Response.json(workspace),
    ...routes,
  });
  const services = createServices(sessionStorage);
  services.session.open({ ...LOGIN, workspace: { ...LOGIN.workspace, role } });
  render(<App services={services} />);
  const sent = (route: string) => requests.filter((request) => request.route === route);
  return { user: userEvent.setup(), services, requests, sent };
}

export const done = () => new Response(null, { status: 204 });
