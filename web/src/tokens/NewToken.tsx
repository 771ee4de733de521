import type { NewAccessToken } from "../api/shapes";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { SelectField } from "../ui/SelectField";
import { useIsAtLeast } from "../workspace/queries";
import { SCOPES, TOKENS_PATH } from "./queries";

const PERIODS = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["180", "180 days"],
  ["365", "A year"],
] as const;

interface NewTokenProps {
  onMade: (token: NewAccessToken) => Promise<void>;
  onClose: () => void;
}

/** Asks what a token is for, and makes it. */
export function NewToken({ onMade, onClose }: NewTokenProps) {
  const { api } = useServices();
  const isAdmin = useIsAtLeast("admin");
  const scopes = SCOPES.filter(([scope]) => scope !== "admin" || isAdmin);
  const make = async (fields: FormData) =>
    onMade(
      await api.post<NewAccessToken>(TOKENS_PATH, {
        name: String(fields.get("name")).trim(),
        scopes: [fields.get("scope")],
        expires_in_days: Number(fields.get("days")),
      }),
    );
  return (
    <FormDialog title="New access token" action="Make the token" onSubmit={make} onClose={onClose}>
      <Field
        label="Name"
        name="name"
        note="What it is for, so that you know it again."
        maxLength={100}
        required
        autoFocus
      />
      <SelectField label="It may" name="scope" defaultValue="read" options={scopes} />
      <SelectField label="It works for" name="days" defaultValue="90" options={PERIODS} />
    </FormDialog>
  );
}
