import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Markdown } from "./Markdown";

const html = (text: string): string => render(<Markdown text={text} />).container.innerHTML;

test.each([
  ["**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>"],
  ["one\ntwo\n\nthree", "<p>one two</p><p>three</p>"],
  ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
  ["2. b\n3. c", '<ol start="2"><li>b</li><li>c</li></ol>'],
  ["intro:\n- a", "<p>intro:</p><ul><li>a</li></ul>"],
  ["# Head\ntext", "<h3>Head</h3><p>text</p>"],
  ["**a `b` c**", "<p><strong>a <code>b</code> c</strong></p>"],
  ["2 * 3 * 4 and snake_case_name", "<p>2 * 3 * 4 and snake_case_name</p>"],
  ["*soft*", "<p><em>soft</em></p>"],
  ["unfinished **bold", "<p>unfinished **bold</p>"],
])("%j is shown as %s", (text, expected) => {
  expect(html(text)).toBe(`<div class="prose">${expected}</div>`);
});

test("a code block keeps its lines, also while its end has not come yet", () => {
  render(<Markdown text={"```sql\nSELECT 1\nFROM t"} />);
  expect(screen.getByText(/SELECT 1/).textContent).toBe("SELECT 1\nFROM t");
});

test("markup in the text stays text", () => {
  const { container } = render(<Markdown text={'<img src=x onerror="alert(1)"> **<b>x</b>**'} />);
  expect(container.querySelector("img, b")).toBeNull();
  expect(container.textContent).toContain("<img src=x");
});
