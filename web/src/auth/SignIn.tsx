import { useQuery } from "@tanstack/react-query";
import { startTransition, useEffect, useState } from "react";
import { problemOf } from "../api/problem";
import { useServices } from "../services";
import { useInvitationPreview } from "../invitations/queries";
import { wordsOf } from "../ui/fieldProblem";
import { ForgotView, InvitedView, preloadViews, SignUpView } from "./laterViews";
import { SignInView } from "./SignInView";

export type View = "sign-in" | "sign-up" | "forgot" | "invited";

/** What the sign-in page says first: why one is here. */
export interface Opening {
  message: string;
  isBad?: boolean;
}

export interface ViewProps {
  email: string;
  /** Whether it took the place of another view, so that the focus has to follow. */
  isSwitched: boolean;
  /** The workspace one was invited to. */
  workspaceName: string | undefined;
  onEmail: (email: string) => void;
  onShow: (view: View) => void;
}

interface SignInProps {
  opening: Opening | null;
  invitation: string | null;
}

/** The way in: signing in, signing up, and a way back for who forgot the password. */
export function SignIn({ opening, invitation }: SignInProps) {
  const { api } = useServices();
  const { data: config, error } = useQuery({ queryKey: ["config"], queryFn: () => api.config() });
  const [view, setView] = useState<View>(invitation === null ? "sign-in" : "invited");
  const invited = useInvitationPreview(invitation);
  const [email, setEmail] = useState("");
  const [isSwitched, setIsSwitched] = useState(false);
  useEffect(preloadViews, []);
  // In a transition: the view one comes from stays until the next one is loaded.
  const show = (next: View) =>
    startTransition(() => {
      setIsSwitched(true);
      setView(next);
    });

  const common = {
    config,
    email,
    isSwitched,
    workspaceName: invited.data?.workspace_name,
    onEmail: setEmail,
    onShow: show,
  };
  if (view === "invited") return <InvitedView {...common} opening={opening} invited={invited} />;
  if (view === "sign-up") return <SignUpView {...common} />;
  if (view === "forgot") return <ForgotView {...common} />;
  const trouble = error ? { message: wordsOf(problemOf(error)), isBad: true } : null;
  return <SignInView {...common} opening={trouble ?? (isSwitched ? null : opening)} />;
}
