import { useState } from "react";
import type { Membership } from "../auth/session";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { goElsewhere } from "./goElsewhere";

interface DeleteDialogProps {
  workspace: Membership;
  onClose: () => void;
}

/** Asks whether a workspace may go; its short name has to be typed, or it happens by mistake. */
export function DeleteDialog({ workspace: { id, name, slug }, onClose }: DeleteDialogProps) {
  const services = useServices();
  const [typed, setTyped] = useState("");
  const remove = async () => {
    await services.api.delete(`/v1/tenants/${encodeURIComponent(id)}`, { confirm: slug });
    await goElsewhere(services);
  };
  return (
    <FormDialog
      title={`Delete ${name}?`}
      action="Delete workspace"
      isDanger
      isIncomplete={typed.trim() !== slug}
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        It ends at once for everybody in it. Until its data is taken away for good you can restore
        it from the list of workspaces.
      </p>
      <Field
        label={`Type ${slug} to go on`}
        name="confirm"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus
      />
    </FormDialog>
  );
}
