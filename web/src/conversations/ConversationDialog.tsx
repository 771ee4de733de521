import type { ConversationItem } from "../api/shapes";
import { go, START } from "../navigation/place";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { forget, pathOf, retitle } from "./queries";

export interface ConversationQuestion {
  kind: "rename" | "delete";
  item: ConversationItem;
}

interface ConversationDialogProps {
  question: ConversationQuestion;
  /** Whether it is the one that is open. */
  isActive: boolean;
  onClose: () => void;
}

/** Asks for another title, or whether a conversation may go. */
export default function ConversationDialog(props: ConversationDialogProps) {
  const { api, queries, runs } = useServices();
  const { question, isActive, onClose } = props;
  const { id, title } = question.item;
  const rename = async (fields: FormData) => {
    const next = String(fields.get("title")).trim();
    await api.put(pathOf(id), { title: next });
    retitle(queries, id, next);
  };
  const remove = async () => {
    runs.stop(id);
    await api.delete(pathOf(id));
    if (isActive) go(START, { isReplacing: true });
    forget(queries, id);
  };
  if (question.kind === "rename") {
    return (
      <FormDialog title="Rename conversation" action="Rename" onSubmit={rename} onClose={onClose}>
        <Field label="Title" name="title" defaultValue={title} maxLength={80} required autoFocus />
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title="Delete this conversation?"
      action="Delete"
      isDanger
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        <strong>{title}</strong> and its answers are deleted for good. Charts that were pinned from
        it stay on their dashboards.
      </p>
    </FormDialog>
  );
}
