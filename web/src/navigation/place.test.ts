import { expect, test } from "vitest";
import { addressOf, currentPlace, go, type Place, placeAt, START } from "./place";

test.each<[string, Place]>([
  ["", START],
  ["?conversation=c%201", { screen: "chat", conversation: "c 1" }],
  ["?dashboards", { screen: "dashboards" }],
  ["?dashboard=d1", { screen: "dashboard", id: "d1" }],
  ["?settings=usage", { screen: "settings", section: "usage" }],
])("%s names a place, and the place names it", (search, place) => {
  expect(placeAt(search)).toEqual(place);
  expect(placeAt(addressOf(place).replace("/", ""))).toEqual(place);
});

test("a section that there is not is the first one", () => {
  expect(placeAt("?settings=billing")).toEqual({ screen: "settings", section: "people" });
});

test("going somewhere is one step back, replacing it is none", () => {
  const before = history.length;
  go({ screen: "dashboards" });
  go({ screen: "dashboards" });
  go({ screen: "dashboard", id: "d1" }, { isReplacing: true });
  expect(history.length).toBe(before + 1);
  expect(currentPlace()).toEqual({ screen: "dashboard", id: "d1" });
});
