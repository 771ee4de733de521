import { problemOf } from "../api/problem";
import type { WorkspacePage } from "../api/shapes";
import type { Membership } from "../auth/session";
import { go, START } from "../navigation/place";
import type { Services } from "../services";
import { enterWorkspace } from "../workspace/entering";

/** Leaves a workspace that is gone for another one of this person, or for none. */
export async function goElsewhere(services: Services): Promise<void> {
  const { api, session } = services;
  const next = await another(services);
  go(START, { isReplacing: true });
  if (next) enterWorkspace(services, await api.post<Membership>(`/v1/tenants/${next.id}/switch`));
  else session.enter(null);
}

async function another({ api }: Services) {
  try {
    const { items } = await api.get<WorkspacePage>("/v1/tenants");
    return items.find(({ purge_after }) => !purge_after);
  } catch (error) {
    if (problemOf(error).status !== 403) throw error;
    return undefined;
  }
}
