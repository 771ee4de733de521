import { useInfiniteQuery } from "@tanstack/react-query";
import type { InvitationPage, Member, MemberPage, Role } from "../api/shapes";
import { useServices } from "../services";

export const MEMBERS = ["members"];
export const INVITATIONS = ["invitations"];

export const ROLE_LABELS: Record<Role, string> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
  viewer: "Viewer",
};

export const INVITED_ROLES = [
  ["member", "Member: asks, keeps dashboards"],
  ["viewer", "Viewer: asks, looks at dashboards"],
  ["admin", "Admin: manages people and data too"],
] as const;

export const memberPath = (id: string): string => `/v1/members/${encodeURIComponent(id)}`;
export const nameOf = ({ name, email }: Member): string => name ?? email ?? "Somebody";

export function useMembers() {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: MEMBERS,
    queryFn: ({ pageParam }) =>
      api.get<MemberPage>(pageParam ? `/v1/members?cursor=${pageParam}` : "/v1/members"),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}

export function useInvitations({ isEnabled }: { isEnabled: boolean }) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: INVITATIONS,
    queryFn: ({ pageParam }) =>
      api.get<InvitationPage>(
        pageParam ? `/v1/invitations?cursor=${pageParam}` : "/v1/invitations",
      ),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled: isEnabled,
    refetchOnMount: "always",
  });
}
