import { type FormEvent, type KeyboardEvent, type Ref, useEffect, useState } from "react";
import { Icon } from "../ui/Icon";

interface ComposerProps {
  ref: Ref<HTMLTextAreaElement>;
  isRunning: boolean;
  onAsk: (question: string) => void;
  onStop: () => void;
}

/** The question box. Enter asks, Shift+Enter breaks the line, Escape stops a running answer. */
export function Composer({ ref, isRunning, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  // A question that was asked before the running answer had ended waits for it.
  const [isNext, setNext] = useState(false);
  const question = text.trim();
  const stop = () => {
    setNext(false);
    onStop();
  };
  useEscape(isRunning, stop);

  const ask = () => {
    if (!question) return;
    setNext(isRunning);
    if (isRunning) return;
    setText("");
    onAsk(question);
  };
  useEffect(() => {
    if (isNext && !isRunning) ask();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask();
  };
  const keyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter picks a word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  };
  return (
    <form className="composer" onSubmit={submit}>
      <div className="composer-box">
        <label className="visually-hidden" htmlFor="question">
          Your question
        </label>
        <textarea
          ref={ref}
          id="question"
          rows={1}
          value={text}
          placeholder="Ask a question about your data…"
          aria-describedby="composer-keys"
          autoFocus
          onChange={(event) => {
            setText(event.target.value);
            setNext(false);
          }}
          onKeyDown={keyDown}
        />
        {isRunning ? (
          <button type="button" className="composer-send composer-stop" onClick={stop}>
            <span className="stop-square" aria-hidden="true" />
            Stop
          </button>
        ) : (
          <button type="submit" className="composer-send" disabled={!question} aria-label="Ask">
            <Icon name="arrowUp" />
          </button>
        )}
      </div>
      <p aria-live="polite" className="composer-next">
        {isNext && "Will be asked when this answer is done."}
      </p>
      <p id="composer-keys" className="composer-keys">
        <kbd>Enter</kbd> asks, <kbd>Shift</kbd>+<kbd>Enter</kbd> starts a new line, <kbd>Esc</kbd>{" "}
        stops, <kbd>/</kbd> comes back here
      </p>
    </form>
  );
}

function useEscape(isActive: boolean, onEscape: () => void) {
  useEffect(() => {
    if (!isActive) return undefined;
    const stop = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") onEscape();
    };
    addEventListener("keydown", stop);
    return () => removeEventListener("keydown", stop);
  }, [isActive, onEscape]);
}
