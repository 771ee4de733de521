import { useState } from "react";
import type { ChartSpec, FileFormat, Receipt, ResultPreview } from "../api/shapes";
import { ResultCard } from "../chart/ResultCard";
import { saveFile } from "../chart/saveFile";
import { type KeptTurn, PinButton, PinMessage, type Pinning } from "../pinning/PinButton";
import { ReceiptDisclosure } from "../receipt/ReceiptDisclosure";
import { useServices } from "../services";
import { Markdown } from "../ui/Markdown";
import { useIsAtLeast } from "../workspace/queries";

interface AnswerProps {
  /** The turn as the server keeps it; null while it is under way. */
  kept: KeptTurn | null;
  isRunning: boolean;
  chart: ChartSpec | null;
  result: ResultPreview | null;
  text: string;
  receipt: Receipt | null;
}

/** The answer proper. Loaded on its own, ahead of the first answer: the first screen shows none. */
export default function Answer(props: AnswerProps) {
  const { kept, isRunning, chart, result, text, receipt } = props;
  const { api } = useServices();
  const download = async (resultId: string, format: FileFormat) =>
    saveFile(await api.resultFile(resultId, format));
  const [pinning, setPinning] = useState<Pinning | null>(null);
  const canPin = useIsAtLeast("member");
  const isPinnable = kept !== null && chart !== null && canPin;
  const hasResult = chart !== null || (result !== null && result.columns.length > 0);
  return (
    <>
      {hasResult && (
        <ResultCard
          chart={chart}
          result={result}
          isRunning={isRunning}
          download={download}
          actions={isPinnable && <PinButton turn={kept} onChange={setPinning} />}
          foot={isPinnable && <PinMessage pinning={pinning} />}
        />
      )}
      {text && <Markdown text={text} />}
      {receipt && <ReceiptDisclosure receipt={receipt} />}
    </>
  );
}
