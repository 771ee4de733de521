import { useQueryClient } from "@tanstack/react-query";
import { problemOf } from "../api/problem";
import type { Verified } from "../api/shapes";
import type { KeptTurn } from "../pinning/PinButton";
import { useServices } from "../services";
import { FormDialog } from "../ui/FormDialog";
import { markTurn, verifiedPath } from "./queries";

interface RemoveDialogProps {
  turn: KeptTurn;
  verified: Verified;
  onDone: (message: string) => void;
  onClose: () => void;
}

/** Asks whether an answer is to be stood for no longer. */
export default function RemoveDialog({ turn, verified, onDone, onClose }: RemoveDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const remove = async () => {
    try {
      await api.delete(verifiedPath(verified.id));
    } catch (error) {
      // Somebody else was faster.
      if (problemOf(error).status !== 404) throw error;
    }
    markTurn(queries, turn, null);
    onDone("No longer verified.");
  };
  return (
    <FormDialog
      title="Remove the verification?"
      action="Remove"
      isDanger
      onSubmit={remove}
      onClose={onClose}
    >
      <p>“{verified.question}” is answered like any other question from then on.</p>
    </FormDialog>
  );
}
