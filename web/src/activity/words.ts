/** What the audit trail calls an action, in words. */
const ACTIONS: Record<string, string> = {
  sign_in: "Signed in",
  sign_up: "Signed up",
  sign_out: "Signed out",
  password_change: "Changed the password",
  query: "Ran a query",
  export: "Downloaded a result",
  load: "Loaded a file",
  token_created: "Made an access token",
  token_revoked: "Revoked an access token",
  token_used: "Used an access token",
  workspace_created: "Made the workspace",
  workspace_renamed: "Renamed the workspace",
  workspace_deleted: "Deleted the workspace",
  workspace_restored: "Restored the workspace",
  workspace_transferred: "Handed the workspace over",
  member_joined: "Joined",
  member_left: "Left",
  member_removed: "Removed a member",
  member_role_changed: "Changed a role",
  invitation_created: "Invited somebody",
  invitation_renewed: "Made a new link for an invitation",
  invitation_accepted: "Accepted an invitation",
  invitation_revoked: "Revoked an invitation",
  dashboard_created: "Made a dashboard",
  dashboard_renamed: "Renamed a dashboard",
  dashboard_deleted: "Deleted a dashboard",
  dashboard_shared: "Shared a dashboard",
  share_revoked: "Revoked a shared link",
  chart_pinned: "Pinned a chart",
  chart_changed: "Changed a chart",
  chart_unpinned: "Unpinned a chart",
  conversation_deleted: "Deleted a conversation",
  verified_answer_added: "Verified an answer",
  verified_answer_changed: "Changed a verified answer",
  verified_answer_removed: "Removed a verified answer",
  feedback_added: "Rated an answer",
  feedback_changed: "Rated an answer differently",
  feedback_removed: "Took a rating back",
  synonym_added: "Gave a word a meaning",
  synonym_removed: "Took a word's meaning away",
  unanswered_kept_changed: "Changed whether unanswered questions are kept",
  sample_requested: "Loaded sample data",
  integration_added: "Set a source up",
  integration_changed: "Changed a source",
  integration_removed: "Took a source out",
  secret_kept: "Kept a secret",
  secret_used: "Used a secret",
  secret_dropped: "Dropped a secret that could not be read",
  secret_forgotten: "Removed a secret",
};

/** Those worth looking for, in the order they are offered. */
export const KNOWN_ACTIONS = Object.entries(ACTIONS);

export function wordsOfAction(action: string): string {
  const words = ACTIONS[action] ?? action.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const DOORS: Record<string, string> = {
  web: "in the browser",
  mcp: "through MCP",
  token: "with an access token",
  cli: "on the command line",
  system: "by the system",
};

export const wordsOfDoor = (door: string): string => DOORS[door] ?? door;
