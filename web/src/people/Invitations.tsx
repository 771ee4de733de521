import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { problemOf } from "../api/problem";
import type { Invitation, NewInvitation } from "../api/shapes";
import { useServices, useSession } from "../services";
import { CopyField } from "../ui/CopyField";
import { Field } from "../ui/Field";
import { formatTime } from "../ui/format";
import { Notice } from "../ui/Notice";
import { SelectField } from "../ui/SelectField";
import { ShowMore } from "../ui/ShowMore";
import { TwoStepButton } from "../ui/TwoStepButton";
import { useSubmit } from "../ui/useSubmit";
import { INVITATIONS, INVITED_ROLES, ROLE_LABELS, useInvitations } from "./queries";

/** Inviting people, and the invitations that are out. */
export function Invitations() {
  const { api } = useServices();
  const { workspace } = useSession();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [made, setMade] = useState<NewInvitation | null>(null);
  const { isBusy, problem, submit } = useSubmit();
  const list = useInvitations({ isEnabled: true });
  // Who has accepted is among the people.
  const waiting = list.data?.pages
    .flatMap(({ items }) => items)
    .filter(({ status }) => status !== "accepted");

  const changed = (next: NewInvitation | null) => {
    setMade(next);
    return queries.invalidateQueries({ queryKey: INVITATIONS });
  };
  const invite = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const body = { email: String(fields.get("email")).trim(), role: fields.get("role") };
    void submit(async (key) => {
      setMade(null);
      const path = `/v1/tenants/${encodeURIComponent(workspace.id)}/invite`;
      const next = await api.post<NewInvitation>(path, body, key);
      form.current?.reset();
      await changed(next);
    });
  };
  return (
    <section className="block" aria-labelledby="invite-heading">
      <h3 id="invite-heading">Invite somebody</h3>
      <p>They get a link that works once, for seven days.</p>
      <div className="block-body">
        <form ref={form} className="line-form" onSubmit={invite}>
          <Field
            label="E-mail"
            name="email"
            type="email"
            maxLength={254}
            autoComplete="off"
            required
          />
          <SelectField label="As" name="role" defaultValue="member" options={INVITED_ROLES} />
          <button type="submit" className="button button-primary" aria-disabled={isBusy}>
            {isBusy ? "Inviting…" : "Invite"}
          </button>
        </form>
        {problem && <Notice problem={problem} />}
        {made && <Made invitation={made} />}
        {list.error && <Notice problem={problemOf(list.error)} />}
        {waiting && waiting.length > 0 && (
          <ul className="rows" aria-label="Invitations">
            {waiting.map((one) => (
              <InvitationRow
                key={one.id}
                invitation={one}
                onResent={changed}
                onRevoked={() => changed(made?.id === one.id ? null : made)}
              />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
    </section>
  );
}

function Made({ invitation: { email, url, is_mailed } }: { invitation: NewInvitation }) {
  return (
    <section className="secret" aria-label="New invitation">
      <CopyField label={`Link for ${email}`} value={url} />
      <p className="field-note" role="status">
        {is_mailed
          ? "A mail with it is on its way. The link is shown this once only, should you want to send it yourself."
          : "Send it to them: no mail was sent, and the link is shown this once only."}
      </p>
    </section>
  );
}

interface InvitationRowProps {
  invitation: Invitation;
  onResent: (next: NewInvitation) => Promise<void>;
  onRevoked: () => Promise<void>;
}

function InvitationRow({ invitation, onResent, onRevoked }: InvitationRowProps) {
  const { api } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  const { id, email, role, status, invited_by, expires_at } = invitation;
  const path = `/v1/invitations/${encodeURIComponent(id)}`;
  const resend = () =>
    submit(async () => onResent(await api.post<NewInvitation>(`${path}/resend`)));
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {email}
          <span className="tag">{ROLE_LABELS[role]}</span>
          {status === "expired" && <span className="tag tag-warn">Expired</span>}
        </p>
        <p className="row-note">
          {invited_by && `Invited by ${invited_by} · `}
          {status === "expired" ? "ran out" : "works until"} {formatTime(expires_at)}
        </p>
        {problem && <Notice problem={problem} />}
      </div>
      <div className="row-end">
        <button
          type="button"
          className="button button-small"
          aria-label={`New link for ${email}`}
          aria-disabled={isBusy}
          onClick={() => void resend()}
        >
          New link
        </button>
        <TwoStepButton
          action="Revoke"
          label={`Revoke the invitation of ${email}`}
          confirm="Revoke for good"
          onConfirm={async () => {
            await api.delete(path);
            await onRevoked();
          }}
        />
      </div>
    </li>
  );
}
