/** The small part of Markdown that answers use, as plain data: text can never become markup. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong"; children: Inline[] }
  | { kind: "em"; children: Inline[] };

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; children: Inline[] }
  | { kind: "list"; isOrdered: boolean; start: number; items: Inline[][] }
  | { kind: "code"; text: string };

const BULLET = /^\s*[-*]\s+(.*)$/;
const NUMBERED = /^\s*(\d{1,3})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const FENCE = /^\s*```/;

export function parseMarkdown(source: string): Block[] {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = FENCE.test(line) ? readCode(lines, at) : readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readCode(lines: string[], from: number): [Block, number] {
  let end = from + 1;
  while (end < lines.length && !FENCE.test(lines[end] ?? "")) end += 1;
  return [{ kind: "code", text: lines.slice(from + 1, end).join("\n") }, end + 1];
}

function readBlock(lines: string[], from: number): [Block, number] {
  const line = lines[from] ?? "";
  const heading = HEADING.exec(line);
  if (heading) return [{ kind: "heading", children: parseInline(heading[1] ?? "") }, from + 1];
  if (BULLET.test(line)) return readList(lines, from, BULLET, 1);
  const first = NUMBERED.exec(line);
  return first ? readList(lines, from, NUMBERED, Number(first[1])) : readParagraph(lines, from);
}

function readList(lines: string[], from: number, item: RegExp, start: number): [Block, number] {
  const texts: string[] = [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const match = item.exec(line);
    if (match) {
      texts.push(match[item === NUMBERED ? 2 : 1] ?? "");
    } else if (/^\s{2,}\S/.test(line) && texts.length > 0) {
      texts[texts.length - 1] += ` ${line.trim()}`;
    } else {
      break;
    }
  }
  const items = texts.map(parseInline);
  return [{ kind: "list", isOrdered: item === NUMBERED, start, items }, at];
}

function startsBlock(line: string): boolean {
  return line.trim() === "" || [BULLET, NUMBERED, HEADING, FENCE].some((start) => start.test(line));
}

function readParagraph(lines: string[], from: number): [Block, number] {
  let end = from + 1;
  while (end < lines.length && !startsBlock(lines[end] ?? "")) end += 1;
  const text = lines.slice(from, end).join(" ");
  return [{ kind: "paragraph", children: parseInline(text) }, end];
}

// An emphasis must hug its text (`a * b * c` is a product, not italics).
const INLINE = /`([^`]+)`|\*\*(\S(?:.*?\S)?)\*\*|(?<![\w*])\*(\S(?:[^*]*?[^\s*])?)\*(?![\w*])/;

export function parseInline(source: string): Inline[] {
  const found: Inline[] = [];
  let rest = source;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index > 0) found.push({ kind: "text", text: rest.slice(0, match.index) });
    found.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) found.push({ kind: "text", text: rest });
  return found;
}

function inlineOf([, code, strong, em]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", children: parseInline(strong) };
  return { kind: "em", children: parseInline(em ?? "") };
}
