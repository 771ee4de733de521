import type { InvitationPreview } from "../api/shapes";

const ROLES: Record<InvitationPreview["role"], string> = {
  admin: "as an admin, who also manages people and data",
  member: "as a member, who asks and keeps dashboards",
  viewer: "as a viewer, who asks and looks at dashboards",
};

/** Who invites to what, in a sentence. */
export function InvitationWords({ invitation }: { invitation: InvitationPreview }) {
  const { invited_by, role, workspace_name } = invitation;
  return (
    <>
      {invited_by ?? "Somebody there"} invites you to <strong>{workspace_name}</strong>{" "}
      {ROLES[role]}.
    </>
  );
}
