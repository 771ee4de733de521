import { type InputHTMLAttributes, type ReactNode, useId, useState } from "react";
import "./forms.css";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  name: string;
  note?: string | undefined;
  problem?: string | null;
  children?: ReactNode;
}

/** A labelled text field with, below it, what it wants or what is wrong with it. */
export function Field({ label, note, problem, children, ...input }: FieldProps) {
  const id = useId();
  const words = problem ?? note;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input
          {...input}
          id={id}
          aria-invalid={problem ? true : undefined}
          aria-describedby={words ? `${id}-words` : undefined}
        />
        {children}
      </div>
      {words && (
        <p id={`${id}-words`} className={problem ? "field-problem" : "field-note"}>
          {words}
        </p>
      )}
    </div>
  );
}

interface PasswordFieldProps extends Omit<FieldProps, "name" | "type" | "children"> {
  autoComplete: "current-password" | "new-password";
}

/** A password, which can be looked at: that spares typing it twice. */
export function PasswordField(field: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      {...field}
      name="password"
      type={isShown ? "text" : "password"}
      maxLength={1024}
      autoCapitalize="off"
      spellCheck={false}
      required
    >
      <button
        type="button"
        className="field-show"
        aria-pressed={isShown}
        title={isShown ? "Hide what is typed" : "Show what is typed"}
        onClick={() => setIsShown(!isShown)}
      >
        Show
      </button>
    </Field>
  );
}

interface EmailFieldProps {
  value: string;
  onChange: (email: string) => void;
  problem?: string | null;
  autoFocus?: boolean;
}

export function EmailField({ onChange, ...field }: EmailFieldProps) {
  return (
    <Field
      {...field}
      label="E-mail"
      name="email"
      type="email"
      autoComplete="email"
      maxLength={254}
      required
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
