import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { problemOf } from "../api/problem";
import type { Member, Role } from "../api/shapes";
import { useServices } from "../services";
import { FormDialog } from "../ui/FormDialog";
import { formatDate } from "../ui/format";
import { Notice } from "../ui/Notice";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { useSubmit } from "../ui/useSubmit";
import { useIsAtLeast } from "../workspace/queries";
import { MEMBERS, memberPath, nameOf, ROLE_LABELS, useMembers } from "./queries";

const BY_ADMINS: readonly Role[] = ["admin", "member", "viewer"];
const BY_OWNERS: readonly Role[] = ["owner", ...BY_ADMINS];

/** The people of the workspace, what they may do, and for its admins the ways to change that. */
export function Members() {
  const list = useMembers();
  const { data, error, refetch } = list;
  const isAdmin = useIsAtLeast("admin");
  const isOwner = useIsAtLeast("owner");
  const [leaving, setLeaving] = useState<Member | null>(null);
  const members = data?.pages.flatMap(({ items }) => items) ?? [];
  // Only an owner touches another owner.
  const mayChange = ({ role, is_you }: Member) =>
    !is_you && isAdmin && (isOwner || role !== "owner");
  return (
    <section className="block" aria-labelledby="members-heading">
      <h3 id="members-heading">People</h3>
      <p>
        Everybody here sees the dashboards and asks the same data. Conversations stay one's own.
      </p>
      <div className="block-body">
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {data && (
          <ul className="rows" aria-label="People">
            {members.map((member) => (
              <MemberRow
                key={member.user_id}
                member={member}
                roles={mayChange(member) ? (isOwner ? BY_OWNERS : BY_ADMINS) : null}
                onRemove={() => setLeaving(member)}
              />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
      {leaving && <RemoveDialog member={leaving} onClose={() => setLeaving(null)} />}
    </section>
  );
}

interface MemberRowProps {
  member: Member;
  /** What one may make of them; null for nothing. */
  roles: readonly Role[] | null;
  onRemove: () => void;
}

function MemberRow({ member, roles, onRemove }: MemberRowProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<ReturnType<typeof problemOf> | null>(null);
  const { isBusy, submit } = useSubmit();
  const { user_id, email, role, joined_at, is_you } = member;
  const name = nameOf(member);
  const change = (next: string) =>
    submit(async () => {
      setProblem(null);
      try {
        await api.put<Member>(memberPath(user_id), { role: next });
      } catch (error) {
        setProblem(problemOf(error));
      }
      await queries.invalidateQueries({ queryKey: MEMBERS });
    });
  return (
    <li>
      <span className="initial" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div className="row-text">
        <p className="row-title">
          {name}
          {is_you && <span className="tag">You</span>}
        </p>
        <p className="row-note">
          {email && email !== name && `${email} · `}since {formatDate(joined_at)}
        </p>
        {problem && <Notice problem={problem} />}
      </div>
      <div className="row-end">
        {roles ? (
          <>
            <select
              aria-label={`Role of ${name}`}
              aria-busy={isBusy}
              value={role}
              onChange={(event) => void change(event.target.value)}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {ROLE_LABELS[one]}
                </option>
              ))}
            </select>
            <button
              type="button"
              className="button button-small"
              aria-label={`Remove ${name}`}
              onClick={onRemove}
            >
              Remove
            </button>
          </>
        ) : (
          <span className="tag">{ROLE_LABELS[role]}</span>
        )}
      </div>
    </li>
  );
}

function RemoveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const name = nameOf(member);
  return (
    <FormDialog
      title={`Remove ${name}?`}
      action="Remove"
      isDanger
      onSubmit={async () => {
        await api.delete(memberPath(member.user_id));
        await queries.invalidateQueries({ queryKey: MEMBERS });
      }}
      onClose={onClose}
    >
      <p>
        They lose the workspace at once, and their access tokens stop working. Charts they pinned
        stay. They can be invited again.
      </p>
    </FormDialog>
  );
}
