import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { problem } from "../testing/fakeServer";
import { openSignedIn } from "../testing/open";
import { DASHBOARD_PAGE, PINNED } from "../testing/samples";

const PIN = "POST /v1/charts/pin";

async function answered(options: Parameters<typeof openSignedIn>[0] = {}) {
  const opened = openSignedIn(options);
  const box = await screen.findByRole("textbox", { name: "Your question" });
  await opened.user.type(box, "Top channels?{Enter}");
  await screen.findByText("How this was answered");
  return opened;
}

test("a chart is pinned to the dashboard one chooses, by the turn and not by its data", async () => {
  const { user, sent } = await answered({
    routes: {
      "GET /v1/dashboards": () => Response.json(DASHBOARD_PAGE),
      [PIN]: () => Response.json(PINNED, { status: 201 }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "Pin" }));
  await user.click(await screen.findByRole("menuitem", { name: "Board" }));
  const link = await screen.findByRole("link", { name: "Board" });
  expect(link.getAttribute("href")).toBe("?dashboard=d1");
  expect(sent(PIN)[0]?.body).toEqual({ conversation_id: "c1", turn_id: "t1", dashboard_id: "d1" });
});

test("without a dashboard the first one is made on the way", async () => {
  const { user, sent } = await answered({
    routes: {
      "GET /v1/dashboards": () => Response.json({ items: [] }),
      [PIN]: () => Response.json(PINNED, { status: 201 }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "Pin" }));
  await user.click(await screen.findByRole("menuitem", { name: /Dashboard A first one/ }));
  expect(await screen.findByRole("link", { name: "your dashboard" })).toBeTruthy();
  expect(sent(PIN)[0]?.body).toEqual({ conversation_id: "c1", turn_id: "t1" });
});

test("a pin that is refused says why", async () => {
  const { user } = await answered({
    routes: {
      "GET /v1/dashboards": () => Response.json(DASHBOARD_PAGE),
      [PIN]: () =>
        problem(409, { code: "too_many_charts", detail: "It is full.", hint: "Unpin one." }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "Pin" }));
  await user.click(await screen.findByRole("menuitem", { name: "Board" }));
  expect(await screen.findByText("Not pinned: It is full. Unpin one.")).toBeTruthy();
});

test("the menu is left with Escape, and the focus goes back to its button", async () => {
  const { user } = await answered({
    routes: { "GET /v1/dashboards": () => Response.json(DASHBOARD_PAGE) },
  });
  const button = await screen.findByRole("button", { name: "Pin" });
  await user.click(button);
  const item = await screen.findByRole("menuitem", { name: "Board" });
  await user.keyboard("{ArrowDown}{ArrowDown}{Home}");
  expect(document.activeElement).toBe(item);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button));
  expect(screen.queryByRole("menu")).toBeNull();
});

test("a viewer is not offered to pin", async () => {
  await answered({ role: "viewer" });
  expect(screen.queryByRole("button", { name: "Pin" })).toBeNull();
});
