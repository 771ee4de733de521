import type { ChartSpec, Receipt, ResultPreview } from "../api/shapes";
import { ResultCard } from "../chart/ResultCard";
import { ReceiptDisclosure } from "../receipt/ReceiptDisclosure";
import { Markdown } from "../ui/Markdown";

interface AnswerProps {
  isRunning: boolean;
  chart: ChartSpec | null;
  result: ResultPreview | null;
  text: string;
  receipt: Receipt | null;
}

/** The answer proper. Loaded on its own, ahead of the first answer: the first screen shows none. */
export default function Answer({ isRunning, chart, result, text, receipt }: AnswerProps) {
  const hasResult = chart !== null || (result !== null && result.columns.length > 0);
  return (
    <>
      {hasResult && <ResultCard chart={chart} result={result} isRunning={isRunning} />}
      {text && <Markdown text={text} />}
      {receipt && <ReceiptDisclosure receipt={receipt} />}
    </>
  );
}
