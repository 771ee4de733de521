import { problemOf } from "../api/problem";
import { go, START } from "../navigation/place";
import type { Services } from "../services";
import { enterWorkspace } from "../workspace/entering";

/** Shows the workspace this session is in now that the one before is gone, or that there is none. */
export async function goElsewhere(services: Services): Promise<void> {
  const { api, session } = services;
  try {
    const next = await api.workspace();
    go(START, { isReplacing: true });
    enterWorkspace(services, next);
  } catch (error) {
    if (problemOf(error).status !== 403) throw error;
    session.enter(null);
  }
}
