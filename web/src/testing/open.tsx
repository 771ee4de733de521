import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import type { Role } from "../api/shapes";
import { createServices } from "../services";
import { fakeServer, type Handler } from "./fakeServer";
import { MEMBERS } from "./members";
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

/** Opens a section of the settings. */
export const openSection = (
  section: string,
  routes: Record<string, Handler> = {},
  role: Role = "owner",
) => openSignedIn({ address: `/?settings=${section}`, role, routes: { ...MEMBERS, ...routes } });

/** The dialog that is open; hidden for jsdom, which knows no top layer. */
export const openDialog = async () => within(await screen.findByRole("dialog", { hidden: true }));

type User = ReturnType<typeof userEvent.setup>;

export const clickOn = async (user: User, name: string | RegExp) =>
  user.click(await screen.findByRole("button", { name }));
