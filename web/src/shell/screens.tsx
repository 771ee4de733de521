import type { Place } from "../navigation/place";
import { later } from "../ui/later";

const DashboardList = later(() => import("../dashboards/DashboardList"));
const DashboardPage = later(() => import("../dashboards/DashboardPage"));
const SettingsPage = later(() => import("../settings/SettingsPage"));

interface ScreenProps {
  place: Exclude<Place, { screen: "chat" }>;
}

/** Every screen but the conversation's; each is fetched when it is first shown. */
export function Screen({ place }: ScreenProps) {
  switch (place.screen) {
    case "dashboards":
      return <DashboardList />;
    case "dashboard":
      return <DashboardPage key={place.id} id={place.id} />;
    case "settings":
      return <SettingsPage section={place.section} />;
  }
}
