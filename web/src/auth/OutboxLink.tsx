/** Where to find a mail that never left: shown with the stand-in only, and labelled as such. */
export function OutboxLink({ url }: { url: string | null | undefined }) {
  if (!url) return null;
  return (
    <p className="notice">
      Demo: the local stand-in for the sign-in service sends no mail, it keeps it.{" "}
      <a className="link" href={url} target="_blank" rel="noreferrer">
        Open the stand-in's outbox
      </a>
    </p>
  );
}
