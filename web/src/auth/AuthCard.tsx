import { type ReactNode, useEffect, useRef } from "react";
import { Logo } from "../ui/Logo";
import { ThemeToggle } from "../ui/ThemeToggle";
import "./auth.css";

interface AuthCardProps {
  title: string;
  lead: ReactNode;
  /** Moves the focus to the title: for a page that took the place of another and has no field. */
  isAnnounced?: boolean;
  children?: ReactNode;
}

/** The frame of every page one sees before being signed in. */
export function AuthCard({ title, lead, isAnnounced = false, children }: AuthCardProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isAnnounced) heading.current?.focus();
  }, [isAnnounced]);
  return (
    <div className="sign-in">
      <div className="sign-in-theme">
        <ThemeToggle />
      </div>
      <main className="sign-in-card">
        <Logo size={40} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p className="sign-in-lead">{lead}</p>
        {children}
      </main>
    </div>
  );
}
