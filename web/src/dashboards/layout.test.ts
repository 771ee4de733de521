import { expect, test } from "vitest";
import { inOrder, moved, packed, placements, widened } from "./layout";

const chart = (id: string, x: number, y: number, w = 6, h = 4) => ({ id, layout: { x, y, w, h } });
const where = (charts: { id: string; layout: { x: number; y: number } }[]) =>
  charts.map(({ id, layout }) => `${id}@${layout.x},${layout.y}`);

const CHARTS = [chart("c", 0, 4), chart("a", 0, 0), chart("b", 6, 0)];

test("charts are read row by row, each from the left", () => {
  expect(inOrder(CHARTS).map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("charts stand side by side as long as they fit, and below by the highest of the row", () => {
  const charts = packed([chart("a", 9, 9, 8, 4), chart("b", 0, 0, 4, 6), chart("c", 0, 0, 12)]);
  expect(where(charts)).toEqual(["a@0,0", "b@8,0", "c@0,6"]);
});

test.each([
  [0, ["c@0,0", "a@6,0", "b@0,4"]],
  [1, ["a@0,0", "c@6,0", "b@0,4"]],
  [9, ["a@0,0", "b@6,0", "c@0,4"]],
])("the last chart moved to place %i gives %j", (place, expected) => {
  expect(where(moved(CHARTS, "c", place))).toEqual(expected);
});

test("a chart that is not there moves nothing", () => {
  expect(where(moved(CHARTS, "x", 0))).toEqual(["a@0,0", "b@6,0", "c@0,4"]);
});

test("a wider chart pushes the next ones on", () => {
  expect(where(widened(CHARTS, "a", 12))).toEqual(["a@0,0", "b@0,4", "c@6,4"]);
});

test("what is sent names each chart with its place", () => {
  expect(placements([chart("a", 0, 0)])).toEqual([{ chart_id: "a", x: 0, y: 0, w: 6, h: 4 }]);
});
