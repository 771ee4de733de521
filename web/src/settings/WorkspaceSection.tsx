import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Membership } from "../auth/session";
import { useServices, useSession } from "../services";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { enterWorkspace } from "../workspace/entering";
import { FileLoad } from "../workspace/FileLoad";
import { INTEGRATIONS, useIsAtLeast, WORKSPACES } from "../workspace/queries";
import { DeleteDialog } from "./DeleteDialog";
import { HandOver } from "./HandOver";
import { LeaveDialog } from "./LeaveDialog";

/** What a workspace is called, its data, and the ways to leave or end it. */
export function WorkspaceSection() {
  const { workspace } = useSession();
  const queries = useQueryClient();
  const isAdmin = useIsAtLeast("admin");
  const isOwner = useIsAtLeast("owner");
  const [question, setQuestion] = useState<"leave" | "delete" | null>(null);
  const close = () => setQuestion(null);
  return (
    <>
      {isAdmin && <Rename workspace={workspace} />}
      {isAdmin && (
        <section className="block" aria-labelledby="data-heading">
          <h3 id="data-heading">Data</h3>
          <div className="block-body">
            <FileLoad onLoaded={() => void queries.invalidateQueries({ queryKey: INTEGRATIONS })} />
          </div>
        </section>
      )}
      {isOwner && <HandOver />}
      <section className="block" aria-labelledby="leave-heading">
        <h3 id="leave-heading">Leave the workspace</h3>
        <p>
          You lose its data, dashboards and your conversations in it. An admin can invite you again.
        </p>
        <div className="block-body">
          <button type="button" className="button" onClick={() => setQuestion("leave")}>
            Leave {workspace.name}
          </button>
        </div>
      </section>
      {isOwner && (
        <section className="block block-danger" aria-labelledby="delete-heading">
          <h3 id="delete-heading">Delete the workspace</h3>
          <p>
            It ends at once for everybody: questions, dashboards, shared links, access tokens. For a
            while an owner can still restore it; after that all of it is gone for good.
          </p>
          <div className="block-body">
            <button
              type="button"
              className="button button-danger"
              onClick={() => setQuestion("delete")}
            >
              Delete {workspace.name}…
            </button>
          </div>
        </section>
      )}
      {question === "leave" && <LeaveDialog workspace={workspace} onClose={close} />}
      {question === "delete" && <DeleteDialog workspace={workspace} onClose={close} />}
    </>
  );
}

function Rename({ workspace }: { workspace: Membership }) {
  const services = useServices();
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit();
  const [message, setMessage] = useState("");
  const rename = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    void submit(async () => {
      setMessage("");
      const path = `/v1/tenants/${encodeURIComponent(workspace.id)}`;
      enterWorkspace(services, await services.api.put<Membership>(path, { name }));
      setMessage("The new name is saved.");
      await queries.invalidateQueries({ queryKey: WORKSPACES });
    });
  };
  return (
    <section className="block" aria-labelledby="name-heading">
      <h3 id="name-heading">Name</h3>
      <div className="block-body">
        <form className="line-form" onSubmit={rename}>
          <Field
            label="What the workspace is called"
            name="name"
            defaultValue={workspace.name}
            maxLength={80}
            required
          />
          <button type="submit" className="button" aria-disabled={isBusy}>
            {isBusy ? "Saving…" : "Save"}
          </button>
        </form>
        {problem && <Notice problem={problem} />}
        {message && <Notice message={message} />}
      </div>
    </section>
  );
}
