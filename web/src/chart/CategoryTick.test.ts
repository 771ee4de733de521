import { expect, test } from "vitest";
import { wrap } from "./CategoryTick";

test.each([
  ["Direct", 10, ["Direct"]],
  ["Organic Search", 8, ["Organic", "Search"]],
  ["Organic Search", 4, null],
  ["Organic Shopping and Video", 8, null],
  ["partners.northwind.example", 12, ["partners.no…"]],
])("%j with room for %d becomes %j", (label, room, expected) => {
  expect(wrap(label, room)).toEqual(expected);
});
