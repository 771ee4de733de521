import { PlaceLink } from "../navigation/PlaceLink";
import { useUsage } from "./queries";

/** How much the workspace has asked this month; nothing as long as nobody knows. */
export function UsageLine({ onFollow }: { onFollow: () => void }) {
  const { data } = useUsage(1);
  if (!data) return null;
  const asked = data.items.find(({ metric }) => metric === "questions")?.used ?? 0;
  return (
    <PlaceLink
      className="rail-usage"
      to={{ screen: "settings", section: "usage" }}
      onFollow={onFollow}
    >
      {asked.toLocaleString("en-US")} {asked === 1 ? "question" : "questions"} this month
    </PlaceLink>
  );
}
