import { useIsAtLeast } from "../workspace/queries";
import { Invitations } from "./Invitations";
import { Members } from "./Members";

/** Who works in the workspace, and who is invited to. */
export function PeopleSection() {
  const isAdmin = useIsAtLeast("admin");
  return (
    <>
      {isAdmin && <Invitations />}
      <Members />
    </>
  );
}
