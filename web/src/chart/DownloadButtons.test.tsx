import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiClient } from "../api/client";
import { ApiError } from "../api/problem";
import { fakeServer, problem } from "../testing/fakeServer";
import { CHART, RESULT } from "../testing/samples";
import { ResultCard } from "./ResultCard";

const PROBLEM = { status: 404, code: "not_found", title: "", detail: "", hint: null, nearest: [] };

test("the table offers the whole result, not only the rows on the screen", async () => {
  const download = vi.fn(() => Promise.resolve());
  render(<ResultCard chart={CHART} result={RESULT} download={download} />);
  expect(screen.queryByRole("group", { name: "Download all rows" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Table" }));
  expect(screen.getByRole("group", { name: "Download all rows" }).textContent).toContain("412 rows");
  await userEvent.click(screen.getByRole("button", { name: "Download CSV" }));
  await userEvent.click(screen.getByRole("button", { name: "Download Parquet" }));
  expect(download.mock.calls).toEqual([
    ["res_1", "csv"],
    ["res_1", "parquet"],
  ]);
});

test("a second download waits for the first", async () => {
  let finish = () => {};
  const download = () => new Promise<void>((resolve) => (finish = resolve));
  render(<ResultCard chart={null} result={RESULT} download={download} />);
  const csv = screen.getByRole<HTMLButtonElement>("button", { name: "Download CSV" });
  await userEvent.click(csv);
  expect(csv.ariaBusy).toBe("true");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Download Parquet" }).disabled).toBe(true);
  finish();
  await vi.waitFor(() => expect(csv.disabled).toBe(false));
});

test.each([
  [404, "This result is no longer kept. Ask again to download it."],
  [503, "The download failed: Try later."],
])("a download that fails says why (%d)", async (status, message) => {
  const failure = new ApiError({ ...PROBLEM, status, detail: "Try later." });
  render(<ResultCard chart={null} result={RESULT} download={() => Promise.reject(failure)} />);
  await userEvent.click(screen.getByRole("button", { name: "Download CSV" }));
  expect(screen.getByRole("status").textContent).toBe(message);
});

test("without a result there is nothing to download", async () => {
  render(<ResultCard chart={CHART} result={null} download={() => Promise.resolve()} />);
  await userEvent.click(screen.getByRole("button", { name: "Table" }));
  expect(screen.queryByRole("button", { name: "Download CSV" })).toBeNull();
});

test("a file is fetched with the session's token and named by the server", async () => {
  const { requests } = fakeServer({
    "GET /v1/results/res_1?format=csv": () =>
      new Response("source,sessions\r\n", {
        headers: {
          "Content-Type": "text/csv; charset=utf-8",
          "Content-Disposition": 'attachment; filename="sessions-by-channel.csv"',
        },
      }),
    "GET /v1/results/res_2?format=parquet": () => problem(404, { code: "not_found" }),
  });
  const api = new ApiClient({
    token: async () => "token-1",
    renew: async () => null,
    onUnauthorized: () => {},
  });
  const file = await api.resultFile("res_1", "csv");
  expect([file.name, file.size]).toEqual(["sessions-by-channel.csv", "source,sessions\r\n".length]);
  expect(requests[0]?.token).toBe("Bearer token-1");
  await expect(api.resultFile("res_2", "parquet")).rejects.toBeInstanceOf(ApiError);
});
