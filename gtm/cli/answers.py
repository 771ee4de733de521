"""An answer in a terminal: text as it comes, then the chart, the table and the receipt."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gtm.charts.spec import ChartSpec
from gtm.cli import charts
from gtm.cli.text import cell_text, plain
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Format, Receipt

_MAX_TABLE_ROWS = 20
_STEPS = {
    "sql_analyst": "Looking up the numbers",
    "chart_builder": "Drawing the chart",
    "integration_setup": "Checking your sources",
}


class AnswerView:
    """Shows the events of one turn as they arrive."""

    def __init__(self, console: Console, *, shows_receipt: bool) -> None:
        self._console = console
        self._shows_receipt = shows_receipt
        self._text = ""
        self._live: Live | None = None
        self.conversation_id: str | None = None
        self.reply: dict[str, Any] | None = None
        self.error: str | None = None

    def __enter__(self) -> AnswerView:
        """Begin drawing."""
        # Without a terminal the text is written once, at the end.
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=12)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing; what is on the screen stays."""
        if self._live is not None:
            self._live.stop()

    def take(self, event: dict[str, Any]) -> None:
        """Show one event."""
        match event.get("type"):
            case "RUN_STARTED":
                self.conversation_id = event.get("threadId")
            case "STEP_STARTED":
                self._note(_STEPS.get(str(event.get("stepName")), str(event.get("stepName"))))
            case "TOOL_CALL_START":
                self._note(f"  {event.get('toolCallName')}")
            case "TEXT_MESSAGE_START" if self._text:
                self._text += "\n\n"
            case "TEXT_MESSAGE_CONTENT":
                self._text += str(event.get("delta", ""))
                if self._live is not None:
                    self._live.update(Markdown(plain(self._text)))
            case "CUSTOM" if event.get("name") == "gtm.turn":
                self.reply = event.get("value")
            case "RUN_ERROR":
                self.error = str(event.get("message"))

    def finish(self) -> None:
        """Show what is complete only at the end."""
        reply = self.reply
        if reply is None:
            return
        if self._live is None or not self._text:
            self._console.print(Markdown(plain(str(reply.get("insights") or ""))))
        if reply.get("chart_spec"):
            spec = ChartSpec.model_validate(reply["chart_spec"])
            self._console.print(_chart(spec, self._console.width))
        if reply.get("data"):
            preview = ResultPreview.model_validate(reply["data"])
            # One number has been shown large already.
            if preview.row_count > 1 or not reply.get("chart_spec"):
                self._console.print(table_of(preview))
        for option in reply.get("options") or []:
            self._console.print(Text(f"  > {plain(option['question'])}", style="cyan"))
        if self._shows_receipt and reply.get("receipt"):
            self._console.print(receipt_panel(Receipt.model_validate(reply["receipt"])))

    def _note(self, text: str) -> None:
        self._console.print(Text(f"· {plain(text)}", style="dim"))


def table_of(preview: ResultPreview) -> RenderableType:
    """Return the first rows of a result."""
    table = Table(header_style="bold", pad_edge=False)
    for column in preview.columns:
        is_number = column.format not in {Format.TEXT, Format.DATE}
        table.add_column(plain(column.label), justify="right" if is_number else "left")
    for row in preview.rows[:_MAX_TABLE_ROWS]:
        table.add_row(
            *(
                Text(cell_text(value, column.format))
                for value, column in zip(row, preview.columns, strict=True)
            )
        )
    hidden = preview.row_count - min(len(preview.rows), _MAX_TABLE_ROWS)
    if hidden <= 0:
        return table
    return Group(table, Text(f"and {hidden:,} more rows", style="dim"))


def receipt_panel(receipt: Receipt) -> RenderableType:
    """Return what stands behind an answer."""
    lines = Table.grid(padding=(0, 2))
    for metric in receipt.metrics:
        lines.add_row(Text(plain(metric.label), style="bold"), Text(plain(metric.definition)))
    if receipt.time is not None:
        lines.add_row("Period", f"{receipt.time.start} to {receipt.time.end}")
    if receipt.comparison is not None:
        lines.add_row("Compared with", f"{receipt.comparison.start} to {receipt.comparison.end}")
    for name, texts in (("Filter", receipt.filters), ("Assumed", receipt.assumptions)):
        for text in texts:
            lines.add_row(name, Text(plain(text)))
    about = "about " if receipt.is_bytes_estimated else ""
    lines.add_row(
        "Cost",
        f"{receipt.row_count:,} rows, {about}{receipt.bytes_processed:,} bytes, "
        f"{receipt.duration_ms:,.0f} ms",
    )
    for source in receipt.freshness:
        lines.add_row(source.source, f"through {source.through or 'no data yet'}")
    lines.add_row("Model", Text(plain(receipt.model or "none")))
    lines.add_row("Road", "catalogue" if receipt.is_governed else "free SQL")
    return Panel(Group(lines, Text(), Text(plain(receipt.sql), style="dim")), title="Receipt")


def _chart(spec: ChartSpec, width: int) -> RenderableType:
    body: list[RenderableType] = [charts.draw(spec, width=min(width, 100) - 4)]
    if spec.note:
        body.append(Text(plain(spec.note), style="dim"))
    return Panel(Group(*body), title=Text(plain(spec.title)), title_align="left", expand=False)
