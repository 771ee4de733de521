interface ShowMoreProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** The way to the rest of a list. */
export function ShowMore({
  list: { hasNextPage, isFetchingNextPage, fetchNextPage },
}: ShowMoreProps) {
  if (!hasNextPage) return null;
  return (
    <button
      type="button"
      className="button screen-more"
      aria-disabled={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {isFetchingNextPage ? "Loading…" : "Show more"}
    </button>
  );
}
