import { type ReactNode, useEffect, useRef } from "react";
import { hasMoved } from "../navigation/place";
import { useTitle } from "./useTitle";
import "./screen.css";

interface ScreenHeadProps {
  title: string;
  lead?: ReactNode;
  /** What can be done here. */
  children?: ReactNode;
}

/** The head of a screen; it takes the focus when the screen took the place of another one. */
export function ScreenHead({ title, lead, children }: ScreenHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="screen-head">
      <div className="screen-title">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        {lead && <p>{lead}</p>}
      </div>
      {children && <div className="screen-actions">{children}</div>}
    </header>
  );
}
