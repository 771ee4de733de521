import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ChartSpec } from "../api/shapes";
import { CHART, RESULT } from "../testing/samples";
import { ResultCard } from "./ResultCard";

const cells = () =>
  screen
    .getAllByRole<HTMLTableRowElement>("row")
    .map((row) => [...row.cells].map((cell) => cell.textContent));

test("a chart is an image with its name, and the table is one click away", async () => {
  render(<ResultCard chart={CHART} result={RESULT} />);
  expect(screen.getByRole("img", { name: /Sessions by channel: bar chart/ })).toBeTruthy();
  expect(screen.getByText(/a pie reads badly/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Table" }));
  expect(cells()).toEqual([
    ["Channel", "Sessions"],
    ["Organic Search", "1,200"],
    ["Direct", "800"],
  ]);
  expect(screen.getByText("Showing 2 of 412 rows")).toBeTruthy();
});

test("a heading sorts, and sorts the other way on the next click", async () => {
  render(<ResultCard chart={null} result={RESULT} />);
  const heading = screen.getByRole("button", { name: "Sessions" });
  await userEvent.click(heading);
  expect(cells()[1]?.[0]).toBe("Organic Search");
  expect(screen.getByRole("columnheader", { name: "Sessions" }).ariaSort).toBe("descending");
  await userEvent.click(heading);
  expect(cells()[1]?.[0]).toBe("Direct");
});

test("a chart without a result shows its own data as the table", async () => {
  render(<ResultCard chart={CHART} result={null} />);
  await userEvent.click(screen.getByRole("button", { name: "Table" }));
  expect(cells()[1]).toEqual(["Organic Search", "1,200"]);
});

test.each([
  [false, "change-good"],
  [true, "change-bad"],
])("a single number says how it moved (lower is better: %s)", (isLowerBetter, tone) => {
  const stat = { value: 1100, previous: 1000, format: "integer", label: "Sessions", isLowerBetter };
  const chart = { ...CHART, data: [{ sessions: 1100 }], stat } as ChartSpec;
  render(<ResultCard chart={chart} result={RESULT} />);
  expect(screen.getByText("1,100")).toBeTruthy();
  expect(screen.getByText(/10%/).className).toBe(tone);
  expect(screen.getByText(/from 1,000/)).toBeTruthy();
  expect(screen.queryByRole("img")).toBeNull();
});

test("a result without rows says so", () => {
  render(<ResultCard chart={{ ...CHART, data: [] }} result={{ ...RESULT, rows: [], row_count: 0 }} />);
  expect(screen.getByText("No rows in this period.")).toBeTruthy();
});
