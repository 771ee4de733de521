import { useQueryClient } from "@tanstack/react-query";
import type { VerifiedAnswer } from "../api/shapes";
import type { KeptTurn } from "../pinning/PinButton";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { TextAreaField } from "../ui/TextAreaField";
import { markOf, markTurn, VERIFIED_PATH } from "./queries";

interface VerifyDialogProps {
  turn: KeptTurn;
  question: string;
  onDone: (message: string) => void;
  onClose: () => void;
}

/** Asks an admin whether to stand for an answer, and keeps it. */
export default function VerifyDialog({ turn, question, onDone, onClose }: VerifyDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const verify = async (fields: FormData, key: string | undefined) => {
    const wording = String(fields.get("question")).trim();
    const body = {
      conversation_id: turn.conversationId,
      turn_id: turn.turnId,
      note: String(fields.get("note")).trim() || null,
      ...(wording !== question && { question: wording }),
    };
    const kept = await api.post<VerifiedAnswer>(VERIFIED_PATH, body, key);
    markTurn(queries, turn, markOf(kept));
    onDone("Verified.");
  };
  return (
    <FormDialog
      title="Mark as verified"
      action="Mark as verified"
      onSubmit={verify}
      onClose={onClose}
    >
      <p>
        Whoever asks this question next is answered in the same way, with today's data, and sees
        that you stand for it.
      </p>
      <Field
        label="Question"
        name="question"
        defaultValue={question}
        note="It has to make sense by itself, and name the same period."
        maxLength={2000}
        required
      />
      <TextAreaField
        label="Note"
        name="note"
        note="What to know about this number. It may stay empty."
        maxLength={2000}
        autoFocus
      />
    </FormDialog>
  );
}
