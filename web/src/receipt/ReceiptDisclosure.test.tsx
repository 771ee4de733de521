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
