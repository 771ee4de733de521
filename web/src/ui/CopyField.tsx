import { useId, useRef, useState } from "react";
import { Icon } from "./Icon";
import "./forms.css";

/** A text to take away, such as a link or a secret. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [message, setMessage] = useState("");
  const copy = async () => {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(value);
      setMessage("Copied");
    } catch {
      // Without a permission, or on a page that was not fetched securely.
      setMessage("It is selected: copy it with the keyboard");
    }
  };
  return (
    <div className="field copy-field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-box">
        <input
          ref={input}
          id={id}
          value={value}
          readOnly
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon name={message === "Copied" ? "check" : "copy"} size={16} />
          Copy
        </button>
      </div>
      <p className="field-note" role="status">
        {message}
      </p>
    </div>
  );
}
