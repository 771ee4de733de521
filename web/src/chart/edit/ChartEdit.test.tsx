import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { openDialog } from "../../testing/open";
import { CHART } from "../../testing/samples";
import { ChartEdit } from "./ChartEdit";

async function choose(item: string, role: "menuitem" | "menuitemradio" = "menuitem") {
  const onEdit = vi.fn();
  render(<ChartEdit chart={CHART} onEdit={onEdit} />);
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Edit chart" }));
  await user.click(await screen.findByRole(role, { name: item }));
  return { user, onEdit };
}

test("an entry says what a person would type", async () => {
  const { onEdit } = await choose("Pie", "menuitemradio");
  expect(onEdit).toHaveBeenCalledWith("as a pie chart");
});

test("what the chart is already is not asked for again", async () => {
  const { onEdit } = await choose("Bars", "menuitemradio");
  expect(onEdit).not.toHaveBeenCalled();
});

test("another title is asked for in a dialog", async () => {
  const { user, onEdit } = await choose("Change the title…");
  const box = await openDialog();
  await user.clear(box.getByLabelText("Title"));
  await user.type(box.getByLabelText("Title"), "Where visits come from");
  await user.click(box.getByRole("button", { name: "Change", hidden: true }));
  expect(onEdit).toHaveBeenCalledWith('change the title to "Where visits come from"');
});
