import { useEffect } from "react";
import { problemOf } from "../api/problem";
import { useServices } from "../services";
import { AuthCard } from "./AuthCard";
import type { Arrival } from "./arrival";
import { wordsOf } from "../ui/fieldProblem";
import { LinkView, NewPassword } from "./laterViews";
import { type Opening, SignIn } from "./SignIn";

interface EntryProps {
  arrival: Arrival | null;
  /** The token of the invitation one came by. */
  invitation: string | null;
  opening: Opening | null;
  /** Called once what the address brought along has been dealt with. */
  onArrived: (opening: Opening | null) => void;
}

/** All one can meet before being signed in. */
export default function Entry({ arrival, invitation, opening, onArrived }: EntryProps) {
  if (arrival?.kind === "google") return <BackFromGoogle onArrived={onArrived} />;
  if (arrival?.kind === "recovery") return <NewPassword {...arrival} onDone={onArrived} />;
  if (arrival?.kind === "link" && invitation !== null) {
    return <LinkView {...arrival} invitation={invitation} onDone={onArrived} />;
  }
  return <SignIn opening={opening} invitation={invitation} />;
}

function BackFromGoogle({ onArrived }: Pick<EntryProps, "onArrived">) {
  const { backFromGoogle } = useServices();
  useEffect(() => {
    backFromGoogle?.then(
      () => onArrived(null),
      (error) => onArrived({ message: wordsOf(problemOf(error)), isBad: true }),
    );
  }, [backFromGoogle, onArrived]);
  return (
    <AuthCard title="Signing you in…" lead="Google has sent you back; one moment." isAnnounced>
      <p className="visually-hidden" role="status">
        Signing you in
      </p>
    </AuthCard>
  );
}
