import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { expect, test, vi } from "vitest";
import { Composer } from "./Composer";

const show = () => {
  const onAsk = vi.fn();
  const onStop = vi.fn();
  const composer = (isRunning: boolean) => (
    <Composer ref={createRef()} isRunning={isRunning} onAsk={onAsk} onStop={onStop} />
  );
  const { rerender } = render(composer(true));
  return { onAsk, onStop, end: () => rerender(composer(false)) };
};
const box = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });

test("a question asked while an answer runs is asked when it is done", async () => {
  const { onAsk, end } = show();
  await userEvent.type(box(), "Sessions by week{Enter}");
  expect(onAsk).not.toHaveBeenCalled();
  expect(box().value).toBe("Sessions by week");
  screen.getByText("Will be asked when this answer is done.");
  end();
  expect(onAsk).toHaveBeenCalledExactlyOnceWith("Sessions by week");
  expect(box().value).toBe("");
  expect(screen.queryByText("Will be asked when this answer is done.")).toBeNull();
});

test("a waiting question that is changed, or whose wait is stopped, is not asked", async () => {
  const { onAsk, onStop, end } = show();
  await userEvent.type(box(), "Sessions{Enter} by week");
  await userEvent.type(box(), "{Enter}{Escape}");
  expect(onStop).toHaveBeenCalledOnce();
  end();
  expect(onAsk).not.toHaveBeenCalled();
  expect(box().value).toBe("Sessions by week");
});
