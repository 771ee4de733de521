import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Member } from "../api/shapes";
import type { Membership } from "../auth/session";
import { MEMBERS, nameOf, useMembers } from "../people/queries";
import { useServices, useSession } from "../services";
import { FormDialog } from "../ui/FormDialog";
import { SelectField } from "../ui/SelectField";
import { enterWorkspace } from "../workspace/entering";

/** Makes somebody else the owner. */
export function HandOver() {
  const { data } = useMembers();
  const [next, setNext] = useState<Member | null>(null);
  const others = data?.pages.flatMap(({ items }) => items).filter(({ is_you }) => !is_you) ?? [];
  if (others.length === 0) return null;
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = new FormData(event.currentTarget).get("member");
    setNext(others.find(({ user_id }) => user_id === id) ?? null);
  };
  return (
    <section className="block" aria-labelledby="hand-over-heading">
      <h3 id="hand-over-heading">Hand over the workspace</h3>
      <p>Somebody else becomes its owner, and you an admin.</p>
      <div className="block-body">
        <form className="line-form" onSubmit={ask}>
          <SelectField
            label="New owner"
            name="member"
            options={others.map((member) => [member.user_id, nameOf(member)] as const)}
          />
          <button type="submit" className="button">
            Hand over…
          </button>
        </form>
      </div>
      {next && <HandOverDialog member={next} onClose={() => setNext(null)} />}
    </section>
  );
}

function HandOverDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const services = useServices();
  const queries = useQueryClient();
  const { workspace } = useSession();
  const name = nameOf(member);
  const handOver = async () => {
    const path = `/v1/tenants/${encodeURIComponent(workspace.id)}/transfer`;
    const body = { user_id: member.user_id };
    enterWorkspace(services, await services.api.post<Membership>(path, body));
    await queries.invalidateQueries({ queryKey: MEMBERS });
  };
  return (
    <FormDialog
      title={`Make ${name} the owner?`}
      action="Hand over"
      isDanger
      onSubmit={handOver}
      onClose={onClose}
    >
      <p>
        From then on only they can delete {workspace.name} or hand it over. You stay as an admin.
      </p>
    </FormDialog>
  );
}
