import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AuditItem, AuditPage } from "../api/shapes";
import { nameOf, useMembers } from "../people/queries";
import { useServices } from "../services";
import { formatTime } from "../ui/format";
import { ScreenProblem } from "../ui/ScreenProblem";
import { SelectField } from "../ui/SelectField";
import { ShowMore } from "../ui/ShowMore";
import { KNOWN_ACTIONS, wordsOfAction, wordsOfDoor } from "./words";
import "./activity.css";

function useActivity(action: string, person: string) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: ["audit", action, person],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        ...(action && { action }),
        ...(person && { user_id: person }),
        ...(pageParam && { cursor: pageParam }),
      });
      return api.get<AuditPage>(query.size > 0 ? `/v1/audit?${query}` : "/v1/audit");
    },
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}

/** Who did what in the workspace, the latest first; for its admins. */
export function ActivitySection() {
  const [action, setAction] = useState("");
  const [person, setPerson] = useState("");
  const list = useActivity(action, person);
  const { data, error, refetch } = list;
  const { data: people } = useMembers();
  const members = people?.pages.flatMap(({ items }) => items) ?? [];
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <section className="block" aria-labelledby="activity-heading">
      <h3 id="activity-heading">Activity</h3>
      <p>Who did what, kept for good. Data that was read is not in it.</p>
      <div className="block-body">
        <div className="line-form">
          <SelectField
            label="What"
            name="action"
            value={action}
            onChange={(event) => setAction(event.target.value)}
            options={[["", "Everything"], ...KNOWN_ACTIONS]}
          />
          <SelectField
            label="Who"
            name="person"
            value={person}
            onChange={(event) => setPerson(event.target.value)}
            options={[
              ["", "Everybody"],
              ...members.map((member) => [member.user_id, nameOf(member)] as const),
            ]}
          />
        </div>
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {items?.length === 0 && <p className="row-note">Nothing of that kind was recorded.</p>}
        {items && items.length > 0 && (
          <ol className="rows activity" aria-label="Activity">
            {items.map((item) => (
              <ActivityRow key={item.id} item={item} />
            ))}
          </ol>
        )}
        <ShowMore list={list} />
      </div>
    </section>
  );
}

const OUTCOMES = { refused: "Refused", error: "Failed", cancelled: "Stopped" } as const;

function ActivityRow({ item }: { item: AuditItem }) {
  const { at, email, action, door, target, outcome, code, detail } = item;
  const facts = Object.entries({ target, code, ...detail }).filter(([, value]) => value !== null);
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {wordsOfAction(action)}
          {outcome !== "ok" && <span className="tag tag-warn">{OUTCOMES[outcome]}</span>}
        </p>
        <p className="row-note">
          {email ?? "Nobody who is signed in"} · {wordsOfDoor(door)} · {formatTime(at)}
        </p>
      </div>
      {facts.length > 0 && (
        <details className="facts">
          <summary aria-label={`Details of ${wordsOfAction(action)}, ${formatTime(at)}`}>
            Details
          </summary>
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name.replaceAll("_", " ")}</dt>
                <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}
