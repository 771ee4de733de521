import { useQueryClient } from "@tanstack/react-query";
import type { VerifiedAnswer } from "../api/shapes";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { TextAreaField } from "../ui/TextAreaField";
import { VERIFIED, verifiedPath } from "./queries";

interface ChangeDialogProps {
  answer: VerifiedAnswer;
  onClose: () => void;
}

/** Asks how a verified question is to be worded, and what is to be said of its answer. */
export default function ChangeDialog({ answer, onClose }: ChangeDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const change = async (fields: FormData) => {
    const question = String(fields.get("question")).trim();
    const note = String(fields.get("note")).trim() || null;
    const body = {
      ...(question !== answer.question && { question }),
      ...(note !== answer.note && { note }),
    };
    if (Object.keys(body).length === 0) return;
    await api.put<VerifiedAnswer>(verifiedPath(answer.id), body);
    await queries.invalidateQueries({ queryKey: VERIFIED });
  };
  return (
    <FormDialog title="Change a verified answer" action="Save" onSubmit={change} onClose={onClose}>
      <p>What is run for it stays. You stand for it from then on.</p>
      <Field
        label="Question"
        name="question"
        defaultValue={answer.question}
        note="It has to make sense by itself, and name the same period."
        maxLength={2000}
        required
        autoFocus
      />
      <TextAreaField label="Note" name="note" defaultValue={answer.note ?? ""} maxLength={2000} />
    </FormDialog>
  );
}
