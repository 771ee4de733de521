import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { OptionsValue } from "../api/events";
import { announcement } from "./announcement";
import { OptionsNotice } from "./OptionsNotice";
import { newTurn, type Turn } from "./turn";

const CLARIFY: OptionsValue = {
  kind: "clarify",
  message: "Which **conversions**?",
  options: [
    { label: "Purchases", question: "transactions last 30 days" },
    { label: "Key events last 30 days", question: "key events last 30 days" },
  ],
};
const REFUSE: OptionsValue = { ...CLARIFY, kind: "refuse", message: "No ad spend here." };

const show = (value: OptionsValue, onAsk = vi.fn()) => {
  render(<OptionsNotice value={value} isDisabled={false} onAsk={onAsk} />);
  return onAsk;
};
const settled = (value: OptionsValue): Turn => ({
  ...newTurn("k", "q", "c1"),
  isRunning: false,
  outcome: value.kind,
  options: value,
});

test("a question back puts its best guess first, and says which it is", () => {
  show(CLARIFY);
  expect(screen.getByRole("group", { name: "One question first" })).toBeTruthy();
  const [first, second] = screen.getAllByRole("button");
  expect(first?.textContent).toBe("Purchasestransactions last 30 daysBest guess");
  // Said once where the label is the question.
  expect(second?.textContent).toBe("Key events last 30 days");
});

test("an option asks its question, by keyboard too", async () => {
  const onAsk = show(CLARIFY);
  await userEvent.tab();
  await userEvent.tab();
  await userEvent.keyboard("{Enter}");
  expect(onAsk).toHaveBeenCalledWith("key events last 30 days");
});

test("a refusal has no best guess, and is called what it is", () => {
  show(REFUSE);
  expect(screen.getByRole("group", { name: "This can't be answered here" })).toBeTruthy();
  expect(screen.getByRole("list", { name: "What you could ask instead" })).toBeTruthy();
  expect(screen.queryByText("Best guess")).toBeNull();
});

test("a single option is no guess among others", () => {
  show({ ...CLARIFY, options: CLARIFY.options.slice(0, 1) });
  expect(screen.queryByText("Best guess")).toBeNull();
});

test.each([
  [CLARIFY, "Which **conversions**? 2 suggestions follow. The first is the best guess."],
  [REFUSE, "No ad spend here. 2 suggestions follow."],
  [{ ...REFUSE, options: [] }, "No ad spend here. "],
])("a screen reader hears what was said and how many ways on there are", (value, expected) => {
  expect(announcement(settled(value))).toBe(expected);
});
