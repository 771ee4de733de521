import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { done, openSignedIn } from "../testing/open";
import { replyOf } from "../testing/samples";

const LIST = "GET /v1/conversations";
const item = (id: string, title: string) => ({ id, title, updated_at: "2020-01-01T00:00:00Z" });

async function choose(user: ReturnType<typeof openSignedIn>["user"], title: string, act: string) {
  await user.click(await screen.findByRole("button", { name: `Options for ${title}` }));
  await user.click(await screen.findByRole("menuitem", { name: act }));
  return within(await screen.findByRole("dialog", { hidden: true }));
}

test("earlier conversations are one click away", async () => {
  const { user } = openSignedIn({
    routes: {
      [LIST]: () => Response.json({ items: [item("c1", "First")], next_cursor: "abc" }),
      [`${LIST}?cursor=abc`]: () => Response.json({ items: [item("c2", "Second")] }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("button", { name: "Second" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "First" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("a conversation gets another title", async () => {
  let title = "First";
  const { user, sent } = openSignedIn({
    routes: {
      [LIST]: () => Response.json({ items: [item("c1", title)], next_cursor: null }),
      "PUT /v1/conversations/c1": () => {
        title = "Better";
        return Response.json(item("c1", title));
      },
    },
  });
  const form = await choose(user, "First", "Rename…");
  await user.clear(form.getByLabelText("Title"));
  await user.type(form.getByLabelText("Title"), "Better");
  await user.click(form.getByRole("button", { name: "Rename" }));
  expect(await screen.findByRole("button", { name: "Better" })).toBeTruthy();
  expect(sent("PUT /v1/conversations/c1")[0]?.body).toEqual({ title: "Better" });
});

test("deleting asks first, and leads from the open conversation to a new one", async () => {
  let items = [item("c1", "First")];
  const { user, sent } = openSignedIn({
    address: "/?conversation=c1",
    routes: {
      [LIST]: () => Response.json({ items, next_cursor: null }),
      "GET /v1/conversations/c1": () =>
        Response.json({ id: "c1", title: "First", turns: [replyOf()] }),
      "DELETE /v1/conversations/c1": () => {
        items = [];
        return done();
      },
    },
  });
  await screen.findByRole("heading", { name: "Top channels?" });
  let form = await choose(user, "First", "Delete…");
  await user.click(form.getByRole("button", { name: "Cancel" }));
  expect(sent("DELETE /v1/conversations/c1")).toHaveLength(0);
  form = await choose(user, "First", "Delete…");
  await user.click(form.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "First" })).toBeNull());
  expect(location.search).toBe("");
  expect(screen.queryByRole("heading", { name: "Top channels?" })).toBeNull();
});
