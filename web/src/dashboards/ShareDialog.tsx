import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Dashboard, NewShare, Share, SharePage } from "../api/shapes";
import { problemOf } from "../api/problem";
import { useServices } from "../services";
import { CopyField } from "../ui/CopyField";
import { Dialog } from "../ui/Dialog";
import { formatTime } from "../ui/format";
import { Notice } from "../ui/Notice";
import { SelectField } from "../ui/SelectField";
import { TwoStepButton } from "../ui/TwoStepButton";
import { useSubmit } from "../ui/useSubmit";
import { dashboardPath } from "./queries";

const PERIODS = [
  ["30", "30 days"],
  ["7", "7 days"],
  ["90", "90 days"],
  ["365", "A year"],
  ["", "Until it is revoked"],
] as const;

interface ShareDialogProps {
  dashboard: Dashboard;
  onClose: () => void;
}

/** Links by which anybody can look at a dashboard: making, seeing and revoking them. */
export function ShareDialog({ dashboard, onClose }: ShareDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const path = dashboardPath(dashboard.id);
  const key = ["shares", dashboard.id];
  const [made, setMade] = useState<NewShare | null>(null);
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => api.get<SharePage>(`${path}/shares`),
    refetchOnMount: "always",
  });
  const { isBusy, problem, submit } = useSubmit();
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const days = Number(new FormData(event.currentTarget).get("days"));
    void submit(async (attempt) => {
      setMade(null);
      const body = days > 0 ? { expires_in_days: days } : {};
      setMade(await api.post<NewShare>(`${path}/share`, body, attempt));
      await queries.invalidateQueries({ queryKey: key });
    });
  };
  const revoked = async ({ id }: Share) => {
    if (made?.id === id) setMade(null);
    await queries.invalidateQueries({ queryKey: key });
  };
  const failure = problem ?? (error && problemOf(error));
  return (
    <Dialog title={`Share ${dashboard.name}`} onClose={onClose}>
      <div className="dialog-body">
        <p>
          Whoever has the link sees these charts as they were last refreshed, without signing in: no
          SQL, no names, and nothing else of the workspace.
        </p>
        <form className="share-form" onSubmit={make}>
          <SelectField label="The link works for" name="days" defaultValue="30" options={PERIODS} />
          <button type="submit" className="button button-primary" aria-disabled={isBusy}>
            {isBusy ? "Making a link…" : "Make a link"}
          </button>
        </form>
        {failure && <Notice problem={failure} />}
        {made && (
          <section className="secret" aria-label="New link">
            <CopyField label="Link" value={made.url} />
            <p className="field-note">Copy it now: it is shown this once only.</p>
          </section>
        )}
        {data && data.items.length > 0 && (
          <section aria-labelledby="links-heading">
            <h3 id="links-heading">Links that work</h3>
            <ul className="shares">
              {data.items.map((share) => (
                <ShareLine key={share.id} path={path} share={share} onRevoked={revoked} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}

interface ShareLineProps {
  path: string;
  share: Share;
  onRevoked: (share: Share) => Promise<void>;
}

function ShareLine({ path, share, onRevoked }: ShareLineProps) {
  const { api } = useServices();
  const { id, created_at, expires_at, last_opened_at } = share;
  const made = formatTime(created_at);
  return (
    <li>
      <div className="share-about">
        <p className="share-made">Made {made}</p>
        <p className="field-note">
          {expires_at ? `Works until ${formatTime(expires_at)}` : "Works until it is revoked"} ·{" "}
          {last_opened_at ? `last opened ${formatTime(last_opened_at)}` : "never opened"}
        </p>
      </div>
      <TwoStepButton
        action="Revoke"
        label={`Revoke the link made ${made}`}
        confirm="Revoke for good"
        onConfirm={async () => {
          await api.delete(`${path}/shares/${encodeURIComponent(id)}`);
          await onRevoked(share);
        }}
      />
    </li>
  );
}
