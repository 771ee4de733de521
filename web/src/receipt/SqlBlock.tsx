import { useEffect, useState } from "react";
import { Icon } from "../ui/Icon";

/** The SQL that ran, to read and to take away. */
export function SqlBlock({ sql }: { sql: string }) {
  const [wasCopied, setWasCopied] = useState(false);
  useEffect(() => {
    if (!wasCopied) return undefined;
    const timer = setTimeout(() => setWasCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [wasCopied]);
  const copy = async () => {
    await navigator.clipboard.writeText(sql);
    setWasCopied(true);
  };
  return (
    <section className="sql" aria-label="SQL">
      <header>
        <span>SQL</span>
        <button type="button" onClick={copy}>
          <Icon name={wasCopied ? "check" : "copy"} size={14} />
          {wasCopied ? "Copied" : "Copy"}
        </button>
      </header>
      <pre tabIndex={0} aria-label="SQL text">
        <code>{sql}</code>
      </pre>
    </section>
  );
}
