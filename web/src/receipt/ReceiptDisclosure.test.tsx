import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { RECEIPT } from "../testing/samples";
import { ReceiptDisclosure } from "./ReceiptDisclosure";

test("a receipt says what was measured, when, where from and what it cost", () => {
  render(<ReceiptDisclosure receipt={RECEIPT} />);
  const text = screen.getByRole("group").textContent;
  for (const part of [
    "Visits that began.",
    "Oct 23 – Nov 21, 2026",
    "assumed",
    "Device category is mobile",
    "No period was asked for.",
    "GSC through Nov 19, 2026, may still change after Nov 17, 2026",
    "1.2 MB read (estimate)",
    "23 ms",
    "local/analyst",
    "SELECT channel FROM vw_sessions_daily",
  ]) {
    expect(text).toContain(part);
  }
});

test("an answer that was there already says so, and how old it is", () => {
  const computed_at = "2026-11-22T10:05:00Z";
  render(<ReceiptDisclosure receipt={{ ...RECEIPT, is_cached: true, computed_at }} />);
  const text = screen.getByRole("group").textContent;
  expect(text).toContain("nothing read: the data is as it was at Nov 22, 2026, 10:05 AM UTC");
  expect(text).not.toContain("1.2 MB");
});

test("freshness that is not known does not look like no data, or like fresh data", () => {
  const source = { source: "GA4", through: null, final_through: null, is_known: false };
  render(<ReceiptDisclosure receipt={{ ...RECEIPT, freshness: [source] }} />);
  const text = screen.getByRole("group").textContent;
  expect(text).toContain("GA4: how far it reaches is not known");
  expect(text).not.toContain("no data");
});

test("free SQL is marked as not governed", () => {
  render(<ReceiptDisclosure receipt={{ ...RECEIPT, is_governed: false }} />);
  expect(screen.getByText("Free SQL")).toBeTruthy();
});

test("the SQL can be copied", async () => {
  const user = userEvent.setup();
  render(<ReceiptDisclosure receipt={RECEIPT} />);
  await user.click(screen.getByText("Copy"));
  expect(await navigator.clipboard.readText()).toBe(RECEIPT.sql);
  expect(screen.getByText("Copied")).toBeTruthy();
});
