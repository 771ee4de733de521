import { memo, type ReactNode } from "react";
import { type Block, type Inline, parseMarkdown } from "./markdown";

/** Shows an answer's text. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div className="prose">{parseMarkdown(text).map(showBlock)}</div>;
});

function showBlock(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case "code":
      return (
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "heading":
      return <h3 key={key}>{block.children.map(showInline)}</h3>;
    case "list": {
      const items = block.items.map((item, i) => <li key={i}>{item.map(showInline)}</li>);
      return block.isOrdered ? (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      );
    }
    default:
      return <p key={key}>{block.children.map(showInline)}</p>;
  }
}

function showInline(inline: Inline, key: number): ReactNode {
  switch (inline.kind) {
    case "code":
      return <code key={key}>{inline.text}</code>;
    case "strong":
      return <strong key={key}>{inline.children.map(showInline)}</strong>;
    case "em":
      return <em key={key}>{inline.children.map(showInline)}</em>;
    default:
      return inline.text;
  }
}
