import type { Membership } from "../auth/session";
import { currentPlace, go, START } from "../navigation/place";
import type { Services } from "../services";

/** Shows another workspace; what was open in the one before is not in it. */
export function enterWorkspace({ session }: Services, workspace: Membership): void {
  if (session.current().session?.workspace?.id !== workspace.id) {
    const { screen } = currentPlace();
    if (screen === "dashboard") go({ screen: "dashboards" });
    if (screen === "chat") go(START);
  }
  session.enter(workspace);
}
