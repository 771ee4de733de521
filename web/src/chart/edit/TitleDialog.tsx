import { Field } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { titled } from "./wishes";

const LONGEST = 120;

interface TitleDialogProps {
  title: string;
  onEdit: (words: string) => void;
  onClose: () => void;
}

/** Asks what a chart is to be called. */
export default function TitleDialog({ title, onEdit, onClose }: TitleDialogProps) {
  const rename = async (fields: FormData) => {
    const next = String(fields.get("title")).trim();
    if (next && next !== title) onEdit(titled(next));
  };
  return (
    <FormDialog title="Change the title" action="Change" onSubmit={rename} onClose={onClose}>
      <Field
        label="Title"
        name="title"
        defaultValue={title}
        maxLength={LONGEST}
        required
        autoFocus
      />
    </FormDialog>
  );
}
