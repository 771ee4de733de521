import { Suspense, useState } from "react";
import type { ChartSpec } from "../../api/shapes";
import { later } from "../../ui/later";
import { Menu } from "../../ui/Menu";
import { MoreIcon } from "../../ui/MoreIcon";
import { wishesFor } from "./wishes";

const TitleDialog = later(() => import("./TitleDialog"));

interface ChartEditProps {
  chart: ChartSpec;
  /** Asks for it in the conversation, as one would by typing. */
  onEdit: (words: string) => void;
}

/** The usual changes of a chart, one click each; anything else can be typed. */
export function ChartEdit({ chart, onEdit }: ChartEditProps) {
  const [isNaming, setIsNaming] = useState(false);
  const groups = wishesFor(chart);
  if (groups.length === 0) return null;
  const title = { label: "Change the title…", onSelect: () => setIsNaming(true) };
  return (
    <>
      <Menu
        className="card-button"
        onOpen={() => void TitleDialog.preload()}
        groups={[
          ...groups.map(({ label, wishes }) => ({
            label,
            items: wishes.map(({ words, ...item }) => ({
              ...item,
              onSelect: () => {
                if (!item.isChecked) onEdit(words);
              },
            })),
          })),
          { items: [title] },
        ]}
      >
        <MoreIcon name="edit" size={15} />
        Edit chart
      </Menu>
      {isNaming && (
        <Suspense>
          <TitleDialog title={chart.title} onEdit={onEdit} onClose={() => setIsNaming(false)} />
        </Suspense>
      )}
    </>
  );
}
