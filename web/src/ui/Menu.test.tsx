import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Menu } from "./Menu";

async function openMenu() {
  render(
    <>
      <Menu groups={[{ items: [{ label: "One", onSelect() {} }] }]}>Things</Menu>
      <p>Elsewhere</p>
    </>,
  );
  const button = screen.getByRole("button", { name: "Things" });
  await userEvent.click(button);
  expect(await screen.findByRole("menu")).toBeTruthy();
  return button;
}

const isGone = () => waitFor(() => expect(screen.queryByRole("menu")).toBeNull());

test("a menu stays while what it belongs to scrolls, and goes when that is out of sight", async () => {
  const button = await openMenu();
  fireEvent.scroll(document.body);
  expect(screen.getByRole("menu")).toBeTruthy();
  button.getBoundingClientRect = () => new DOMRect(0, -100, 50, 20);
  fireEvent.scroll(document.body);
  await isGone();
});

test("a menu goes when something else is pressed, and stays when the window changes", async () => {
  await openMenu();
  fireEvent(window, new Event("resize"));
  expect(screen.getByRole("menu")).toBeTruthy();
  fireEvent.pointerDown(screen.getByText("Elsewhere"));
  await isGone();
});
