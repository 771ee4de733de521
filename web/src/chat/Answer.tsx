import type { ChartSpec, FileFormat, Receipt, ResultPreview } from "../api/shapes";
import { ResultCard } from "../chart/ResultCard";
import { saveFile } from "../chart/saveFile";
import { ReceiptDisclosure } from "../receipt/ReceiptDisclosure";
import { useServices } from "../services";
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
  const { api } = useServices();
  const download = async (resultId: string, format: FileFormat) =>
    saveFile(await api.resultFile(resultId, format));
  const hasResult = chart !== null || (result !== null && result.columns.length > 0);
  return (
    <>
      {hasResult && (
        <ResultCard chart={chart} result={result} isRunning={isRunning} download={download} />
      )}
      {text && <Markdown text={text} />}
      {receipt && <ReceiptDisclosure receipt={receipt} />}
    </>
  );
}
