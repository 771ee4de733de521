import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { ApiError } from "../api/problem";
import { useSubmit } from "./useSubmit";

const refusal = (status: number, code: string) =>
  new ApiError({ status, code, title: "", detail: code, hint: null, nearest: [] });

/** Submits with each outcome in turn, and returns the keys of the attempts. */
async function keysOf(...outcomes: (Error | null)[]) {
  const keys: (string | undefined)[] = [];
  const left = [...outcomes];
  const { result } = renderHook(() => useSubmit());
  const attempt = async (key: string | undefined) => {
    keys.push(key);
    const outcome = left.shift();
    if (outcome) throw outcome;
  };
  while (left.length > 0) await act(() => result.current.submit(attempt));
  return { keys, problem: result.current.problem };
}

test("an attempt that may have arrived is sent again with its key", async () => {
  const { keys } = await keysOf(new TypeError("offline"), null, null);
  expect(keys[0]).toBeTruthy();
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

test("an attempt that was refused gets another key the next time", async () => {
  const { keys } = await keysOf(refusal(422, "invalid_input"), null);
  expect(keys[1]).not.toBe(keys[0]);
});

test("what was changed after it may have arrived is another request, sent at once", async () => {
  const { keys, problem } = await keysOf(
    new TypeError("offline"),
    refusal(422, "idempotency_key_reused"),
    null,
  );
  expect(keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
  expect(problem).toBeNull();
});
